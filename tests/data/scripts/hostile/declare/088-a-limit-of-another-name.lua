-- a limit of another name
-- expects: load, whole file
promotion { id = "probe", percent = 1, limit = { weekly = 5 } }
