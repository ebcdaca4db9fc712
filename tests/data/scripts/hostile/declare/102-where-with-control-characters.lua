-- where with control characters
-- expects: load, whole file
promotion { id = "probe", percent = 5, where = { sku = "A\n" } }
