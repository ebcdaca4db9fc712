-- a priority behind everything
-- expects: load, whole file
promotion { id = "probe", percent = 5, priority = math.maxinteger }
