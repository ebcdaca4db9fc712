-- a group of control characters
-- expects: load, whole file
promotion { id = "probe", percent = 5, group = "\1" }
