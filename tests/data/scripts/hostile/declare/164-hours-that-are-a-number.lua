-- hours that are a number
-- expects: load, whole file
promotion { id = "probe", percent = 5, hours = 10 }
