-- a function hidden in a table remembers
-- expects: fault, whole file
local box = {}
local n = 0
box.up = function() n = n + 1 return n end
promotion { id = "probe", amount = 666, when = function() return box.up() == 2 end }
