-- a name that steers a screen
-- expects: load, whole file
promotion { id = "probe", percent = 5, name = { en = "\27[31mfree" } }
