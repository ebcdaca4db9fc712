-- a bundle that takes nothing off
-- expects: load, whole file
promotion { id = "probe", bundle = { { where = { sku = "A" } } } }
