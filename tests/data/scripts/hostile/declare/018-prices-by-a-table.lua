-- prices by a table
-- expects: load, whole file
promotion { id = "probe", prices = { [{}] = 1990 } }
