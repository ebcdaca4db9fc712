-- a bundle with lines
-- expects: load, whole file
promotion { id = "probe", bundle = { price = 100, { lines = { 1 } } } }
