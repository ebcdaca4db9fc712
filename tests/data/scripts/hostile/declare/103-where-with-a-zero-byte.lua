-- where with a zero byte
-- expects: load, whole file
promotion { id = "probe", percent = 5, where = { sku = "A\0" } }
