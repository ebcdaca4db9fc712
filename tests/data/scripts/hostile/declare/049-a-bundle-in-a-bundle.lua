-- a bundle in a bundle
-- expects: load, whole file
promotion { id = "probe", bundle = { price = 100, { bundle = { price = 1, { where = { sku = "A" } } } } } }
