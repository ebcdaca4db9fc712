-- steps at a fraction
-- expects: load, whole file
promotion { id = "probe", steps = { { pieces = 2.5, percent = 5 } } }
