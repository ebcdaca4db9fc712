-- no times at all
-- expects: load, whole file
promotion { id = "probe", percent = 1, times = 0 }
