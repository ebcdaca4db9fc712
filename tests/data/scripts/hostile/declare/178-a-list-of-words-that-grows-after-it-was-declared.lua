-- a list of words that grows after it was declared
-- expects: quiet, whole file
local skus = { "Z" }
promotion { id = "probe", percent = 5, where = { sku = skus } }
skus[2] = "A"
skus[1] = "B"
