-- a hundred and one offers
-- expects: fault
local t = {}
for i = 1, 101 do t[i] = {percent = 1} end
return t
