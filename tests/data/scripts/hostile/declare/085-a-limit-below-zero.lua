-- a limit below zero
-- expects: load, whole file
promotion { id = "probe", percent = 1, limit = { total = -1 } }
