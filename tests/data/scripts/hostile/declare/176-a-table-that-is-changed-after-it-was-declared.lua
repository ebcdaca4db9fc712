-- a table that is changed after it was declared
-- expects: quiet, whole file
local p = { id = "probe", percent = 5, where = { sku = "Z" } }
promotion(p)
p.percent = 100
p.where.sku = "A"
p.where = nil
