-- a million offers
-- expects: fault
local t = {}
for i = 1, 1000000 do t[i] = {percent = 1} end
return t
