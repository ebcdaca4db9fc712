-- a table that two promotions share and change
-- expects: quiet, whole file
local w = { sku = "Z" }
promotion { id = "probe", percent = 5, where = w }
promotion { id = "probe-2", percent = 5, where = w }
w.sku = "A"
w = nil
