-- a key that is a table
-- expects: load, whole file
promotion { id = "probe", percent = 5, [{}] = 1 }
