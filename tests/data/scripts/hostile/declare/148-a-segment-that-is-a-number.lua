-- a segment that is a number
-- expects: load, whole file
promotion { id = "probe", percent = 5, segment = 5 }
