-- offers that are a table
-- expects: load, whole file
promotion { id = "probe", offers = {} }
