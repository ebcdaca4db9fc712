-- a list of offers that holds itself
-- expects: fault
local t = {}
t[1] = t
return t
