-- a name in a language with a zero byte
-- expects: load, whole file
promotion { id = "probe", percent = 5, name = { en = "a", ["en\0x"] = "b" } }
