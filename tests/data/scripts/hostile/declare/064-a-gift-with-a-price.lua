-- a gift with a price
-- expects: load, whole file
promotion { id = "probe", gift = { where = { sku = "B" }, price = 5 }, pieces = 1 }
