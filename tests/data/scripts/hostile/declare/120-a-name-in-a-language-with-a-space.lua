-- a name in a language with a space
-- expects: load, whole file
promotion { id = "probe", percent = 5, name = { ["e n"] = "x" } }
