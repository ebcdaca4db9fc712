-- a negative price in prices
-- expects: load, whole file
promotion { id = "probe", prices = { A = -1990 } }
