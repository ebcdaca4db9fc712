-- a weekday by number
-- expects: load, whole file
promotion { id = "probe", percent = 5, weekday = 1 }
