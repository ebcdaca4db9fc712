-- a price below zero
-- expects: load, whole file
promotion { id = "probe", price = -100 }
