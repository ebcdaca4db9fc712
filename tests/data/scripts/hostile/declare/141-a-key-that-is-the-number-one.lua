-- a key that is the number one
-- expects: load, whole file
promotion { id = "probe", percent = 5, "surprise" }
