-- steps whose overflow comes later
-- expects: load, whole file
promotion { id = "probe", steps = { { pieces = 9007199254740991, percent = 5 } } }
