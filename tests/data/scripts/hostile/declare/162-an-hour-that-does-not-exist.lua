-- an hour that does not exist
-- expects: load, whole file
promotion { id = "probe", percent = 5, hours = "25:00-26:00" }
