-- a tier with a zero byte
-- expects: load, whole file
promotion { id = "probe", percent = 5, member = "gold\0" }
