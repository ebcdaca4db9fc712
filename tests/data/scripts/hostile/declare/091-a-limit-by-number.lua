-- a limit by number
-- expects: load, whole file
promotion { id = "probe", percent = 1, limit = { 1, 2, 3 } }
