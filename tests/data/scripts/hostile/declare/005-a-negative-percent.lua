-- a negative percent
-- expects: load, whole file
promotion { id = "probe", percent = -1 }
