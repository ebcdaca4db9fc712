-- steps with a hole
-- expects: load, whole file
promotion { id = "probe", steps = { { pieces = 1, percent = 1 }, nil, { pieces = 3, percent = 3 } } }
