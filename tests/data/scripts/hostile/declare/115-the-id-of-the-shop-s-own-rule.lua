-- the id of the shop s own rule
-- expects: load, whole file
promotion { id = "good", percent = 5, where = { sku = "Z" } }
