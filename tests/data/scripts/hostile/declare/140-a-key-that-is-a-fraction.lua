-- a key that is a fraction
-- expects: load, whole file
promotion { id = "probe", percent = 5, [1.5] = 1 }
