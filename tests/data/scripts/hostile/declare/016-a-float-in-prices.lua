-- a float in prices
-- expects: load, whole file
promotion { id = "probe", prices = { A = 19.9 } }
