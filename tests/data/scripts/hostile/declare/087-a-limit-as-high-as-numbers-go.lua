-- a limit as high as numbers go
-- expects: load, whole file
promotion { id = "probe", percent = 1, limit = { units = math.maxinteger } }
