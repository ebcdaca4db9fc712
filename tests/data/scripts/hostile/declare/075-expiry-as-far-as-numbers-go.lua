-- expiry as far as numbers go
-- expects: load, whole file
promotion { id = "probe", expiry = { { days = math.maxinteger, percent = 20 } } }
