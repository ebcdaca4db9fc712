-- a promotion that holds itself
-- expects: load, whole file
local p = { id = "probe", percent = 5 }
p.where = p
promotion(p)
