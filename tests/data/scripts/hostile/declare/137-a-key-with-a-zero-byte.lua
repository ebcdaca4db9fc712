-- a key with a zero byte
-- expects: load, whole file
promotion { id = "probe", percent = 5, ["percent\0"] = 50 }
