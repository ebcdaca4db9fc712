-- a group without a price
-- expects: load, whole file
promotion { id = "probe", group_buy = { size = 3 } }
