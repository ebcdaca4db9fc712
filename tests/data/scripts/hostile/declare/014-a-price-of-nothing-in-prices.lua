-- a price of nothing in prices
-- expects: load, whole file
promotion { id = "probe", prices = { A = 0 } }
