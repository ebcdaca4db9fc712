-- a function as a price
-- expects: load, whole file
promotion { id = "probe", price = function(cart) return 1 end }
