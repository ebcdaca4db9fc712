-- a weekday that does not exist
-- expects: load, whole file
promotion { id = "probe", percent = 5, weekday = "someday" }
