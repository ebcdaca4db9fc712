-- nothing that is taken off
-- expects: load, whole file
promotion { id = "probe", where = { sku = "A" } }
