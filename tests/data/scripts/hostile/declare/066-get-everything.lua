-- get everything
-- expects: load, whole file
promotion { id = "probe", get = { percent = 100 }, pieces = 1 }
