-- expired for days
-- expects: load, whole file
promotion { id = "probe", expiry = { { days = -1, percent = 20 } } }
