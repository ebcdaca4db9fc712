-- caps below zero
-- expects: load, whole file
promotion { id = "probe", percent = 1, max_unit = -1 }
