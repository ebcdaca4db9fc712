-- a broken file
-- expects: load, whole file
promotion { id = "x"
