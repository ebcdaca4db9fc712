-- repeats that is a number
-- expects: load, whole file
promotion { id = "probe", spend = 100, save = 10, repeats = 1 }
