-- an id with a zero byte
-- expects: load, whole file
promotion { id = "probe\0x", percent = 5 }
