-- a bundle that holds itself
-- expects: load, whole file
local b = { price = 100 }
b[1] = b
promotion { id = "probe", bundle = b }
