-- a bundle with a function where goods belong
-- expects: load, whole file
promotion { id = "probe", bundle = { price = 100, { where = function() return true end } } }
