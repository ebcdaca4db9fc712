-- a name that is no text
-- expects: load, whole file
promotion { id = "probe", percent = 5, name = { en = "\xc3" } }
