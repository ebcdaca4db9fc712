-- hours of nothing
-- expects: load, whole file
promotion { id = "probe", percent = 5, hours = "10:00-10:00" }
