-- get without a discount
-- expects: load, whole file
promotion { id = "probe", get = { where = { sku = "B" } }, pieces = 1 }
