-- a gift for nothing
-- expects: load, whole file
promotion { id = "probe", gift = { where = { sku = "B" } } }
