-- a bundle without entries
-- expects: load, whole file
promotion { id = "probe", bundle = { price = 100 } }
