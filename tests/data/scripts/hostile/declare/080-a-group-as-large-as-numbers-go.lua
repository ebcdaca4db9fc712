-- a group as large as numbers go
-- expects: load, whole file
promotion { id = "probe", group_buy = { size = math.maxinteger, price = 100 } }
