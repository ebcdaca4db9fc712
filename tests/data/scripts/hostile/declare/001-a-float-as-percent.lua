-- a float as percent
-- expects: load, whole file
promotion { id = "probe", percent = 12.5 }
