-- an id that stands there twice
-- expects: load, whole file
promotion { id = "probe", percent = 5, where = { sku = "Z" } }
promotion { id = "probe", percent = 6, where = { sku = "Z" } }
