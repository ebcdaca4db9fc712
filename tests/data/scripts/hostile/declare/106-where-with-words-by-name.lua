-- where with words by name
-- expects: load, whole file
promotion { id = "probe", percent = 5, where = { sku = { first = "A" } } }
