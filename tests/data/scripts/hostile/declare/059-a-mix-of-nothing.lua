-- a mix of nothing
-- expects: load, whole file
promotion { id = "probe", mix = { pieces = 0, price = 100 } }
