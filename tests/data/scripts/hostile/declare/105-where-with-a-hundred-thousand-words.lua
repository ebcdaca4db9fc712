-- where with a hundred thousand words
-- expects: load, whole file
local w = {}
for i = 1, 100000 do w[i] = "S" .. i end
promotion { id = "probe", percent = 5, where = { sku = w } }
