-- a priority before everything
-- expects: load, whole file
promotion { id = "probe", percent = 5, priority = math.mininteger }
