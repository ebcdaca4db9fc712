-- a limit of nothing
-- expects: load, whole file
promotion { id = "probe", percent = 1, limit = {} }
