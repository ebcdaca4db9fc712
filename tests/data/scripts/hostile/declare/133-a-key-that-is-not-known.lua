-- a key that is not known
-- expects: load, whole file
promotion { id = "probe", percent = 5, percnt = 50 }
