-- where within where
-- expects: load, whole file
promotion { id = "probe", percent = 5, where = { where = { sku = "A" } } }
