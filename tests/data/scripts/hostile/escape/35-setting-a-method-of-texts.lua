-- setting a method of texts
-- expects: fault
local s = "x"
s.upper = function() return "evil" end
return {{amount = 666}}
