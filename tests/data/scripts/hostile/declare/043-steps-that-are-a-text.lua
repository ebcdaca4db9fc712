-- steps that are a text
-- expects: load, whole file
promotion { id = "probe", steps = "3 pieces" }
