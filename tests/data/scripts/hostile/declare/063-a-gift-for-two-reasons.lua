-- a gift for two reasons
-- expects: load, whole file
promotion { id = "probe", gift = { where = { sku = "B" } }, pieces = 1, spend = 100 }
