-- a limit that is a float
-- expects: load, whole file
promotion { id = "probe", percent = 1, limit = { budget = 100.5 } }
