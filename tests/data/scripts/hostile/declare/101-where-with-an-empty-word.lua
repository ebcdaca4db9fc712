-- where with an empty word
-- expects: load, whole file
promotion { id = "probe", percent = 5, where = { sku = "" } }
