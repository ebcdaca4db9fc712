-- a year without end
-- expects: load, whole file
promotion { id = "probe", percent = 5, from = "99999-01-01" }
