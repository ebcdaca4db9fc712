-- a key that is a function
-- expects: load, whole file
promotion { id = "probe", percent = 5, [function() end] = 1 }
