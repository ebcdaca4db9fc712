-- a condition that changes what was declared
-- expects: fault, whole file
local w = { sku = "Z" }
local p = { id = "probe", percent = 5, where = w, when = function() w.sku = "A" error("tried") end }
p.where = nil
promotion(p)
