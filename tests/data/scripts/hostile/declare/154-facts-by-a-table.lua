-- facts by a table
-- expects: load, whole file
promotion { id = "probe", percent = 5, facts = { [{}] = "rain" } }
