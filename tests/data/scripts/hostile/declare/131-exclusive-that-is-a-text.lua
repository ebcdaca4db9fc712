-- exclusive that is a text
-- expects: load, whole file
promotion { id = "probe", percent = 5, exclusive = "yes" }
