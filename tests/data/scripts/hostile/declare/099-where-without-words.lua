-- where without words
-- expects: load, whole file
promotion { id = "probe", percent = 5, where = { sku = {} } }
