-- steps with a fraction of a percent
-- expects: load, whole file
promotion { id = "probe", steps = { { pieces = 2, percent = 0.5 } } }
