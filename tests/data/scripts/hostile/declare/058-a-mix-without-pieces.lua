-- a mix without pieces
-- expects: load, whole file
promotion { id = "probe", mix = { price = 100 } }
