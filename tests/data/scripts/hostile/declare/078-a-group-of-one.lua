-- a group of one
-- expects: load, whole file
promotion { id = "probe", group_buy = { size = 1, price = 100 } }
