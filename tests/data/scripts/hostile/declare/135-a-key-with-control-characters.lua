-- a key with control characters
-- expects: load, whole file
promotion { id = "probe", percent = 5, ["\27[2J"] = 1 }
