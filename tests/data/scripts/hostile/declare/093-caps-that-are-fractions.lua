-- caps that are fractions
-- expects: load, whole file
promotion { id = "probe", percent = 1, max_off = 0.5 }
