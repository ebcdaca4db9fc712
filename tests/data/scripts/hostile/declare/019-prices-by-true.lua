-- prices by true
-- expects: load, whole file
promotion { id = "probe", prices = { [true] = 1990 } }
