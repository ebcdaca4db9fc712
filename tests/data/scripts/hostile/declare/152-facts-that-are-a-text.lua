-- facts that are a text
-- expects: load, whole file
promotion { id = "probe", percent = 5, facts = "rain" }
