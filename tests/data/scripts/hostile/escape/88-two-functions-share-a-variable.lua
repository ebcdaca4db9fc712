-- two functions share a variable
-- expects: fault, whole file
local n = 0
promotion { id = "probe", amount = 666, when = function() n = n + 1 return n > 2 end, lines = function() return true end }
