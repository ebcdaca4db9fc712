-- steps that go down
-- expects: load, whole file
promotion { id = "probe", steps = { { pieces = 6, percent = 10 }, { pieces = 3, percent = 5 } } }
