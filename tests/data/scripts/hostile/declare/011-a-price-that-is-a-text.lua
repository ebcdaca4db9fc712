-- a price that is a text
-- expects: load, whole file
promotion { id = "probe", price = "1990" }
