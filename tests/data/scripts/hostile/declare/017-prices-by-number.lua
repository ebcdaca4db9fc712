-- prices by number
-- expects: load, whole file
promotion { id = "probe", prices = { 1990, 2990 } }
