-- save more than is spent
-- expects: load, whole file
promotion { id = "probe", spend = 100, save = 101 }
