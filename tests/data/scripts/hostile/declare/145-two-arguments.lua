-- two arguments
-- expects: load, whole file
promotion({ id = "probe" }, { percent = 5 }, 3)
