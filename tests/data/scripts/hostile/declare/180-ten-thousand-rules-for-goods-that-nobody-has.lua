-- ten thousand rules for goods that nobody has
-- expects: quiet, whole file
for i = 1, 500 do promotion { id = "r" .. i, percent = 5, where = { sku = "Z" .. i } } end
