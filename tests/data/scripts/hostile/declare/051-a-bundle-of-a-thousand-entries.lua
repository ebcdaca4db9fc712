-- a bundle of a thousand entries
-- expects: load, whole file
local b = { price = 100 }
for i = 1, 1000 do b[i] = { where = { sku = "A" } } end
promotion { id = "probe", bundle = b }
