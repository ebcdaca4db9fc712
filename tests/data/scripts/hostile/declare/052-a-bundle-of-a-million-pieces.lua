-- a bundle of a million pieces
-- expects: load, whole file
promotion { id = "probe", bundle = { price = 100, { where = { sku = "A" }, pieces = 1000000 } } }
