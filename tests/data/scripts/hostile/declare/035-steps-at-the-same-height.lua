-- steps at the same height
-- expects: load, whole file
promotion { id = "probe", steps = { { pieces = 3, percent = 5 }, { pieces = 3, percent = 6 } } }
