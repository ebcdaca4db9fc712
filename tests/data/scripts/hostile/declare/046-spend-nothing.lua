-- spend nothing
-- expects: load, whole file
promotion { id = "probe", spend = 0, save = 0 }
