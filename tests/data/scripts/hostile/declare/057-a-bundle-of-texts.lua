-- a bundle of texts
-- expects: load, whole file
promotion { id = "probe", bundle = { price = 100, "A", "B" } }
