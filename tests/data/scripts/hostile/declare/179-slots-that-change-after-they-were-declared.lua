-- slots that change after they were declared
-- expects: quiet, whole file
local slot = { where = { sku = "Z" } }
promotion { id = "probe", bundle = { price = 1, slot } }
slot.where.sku = "A"
slot.pieces = 5
