-- a limit that is true
-- expects: load, whole file
promotion { id = "probe", percent = 1, limit = true }
