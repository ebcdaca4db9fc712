-- where with a number
-- expects: load, whole file
promotion { id = "probe", percent = 5, where = { sku = 5 } }
