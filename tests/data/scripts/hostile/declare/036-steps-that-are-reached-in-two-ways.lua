-- steps that are reached in two ways
-- expects: load, whole file
promotion { id = "probe", steps = { { pieces = 3, spend = 100, percent = 5 } } }
