-- a condition that remembers the cart
-- expects: fault, whole file
local seen = {}
promotion { id = "probe", percent = 5, when = function(cart) seen[#seen + 1] = cart return seen[2].total > 0 end }
