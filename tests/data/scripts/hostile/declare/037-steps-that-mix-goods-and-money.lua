-- steps that mix goods and money
-- expects: load, whole file
promotion { id = "probe", steps = { { pieces = 3, percent = 5 }, { spend = 100000, percent = 6 } } }
