-- a bundle with two prices
-- expects: load, whole file
promotion { id = "probe", bundle = { price = 100, { where = { sku = "A" }, price = 50 } } }
