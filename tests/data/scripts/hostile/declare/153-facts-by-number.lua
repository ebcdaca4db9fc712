-- facts by number
-- expects: load, whole file
promotion { id = "probe", percent = 5, facts = { "rain" } }
