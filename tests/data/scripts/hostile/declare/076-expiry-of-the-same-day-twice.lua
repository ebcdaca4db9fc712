-- expiry of the same day twice
-- expects: load, whole file
promotion { id = "probe", expiry = { { days = 1, percent = 20 }, { days = 1, percent = 50 } } }
