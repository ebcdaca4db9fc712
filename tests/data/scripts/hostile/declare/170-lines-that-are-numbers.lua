-- lines that are numbers
-- expects: load, whole file
promotion { id = "probe", percent = 5, lines = { 1 } }
