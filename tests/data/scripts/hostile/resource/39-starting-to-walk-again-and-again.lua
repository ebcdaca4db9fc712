-- starting to walk again and again
-- expects: fault
local t = {}
for i = 1, 1000 do t[i] = i end
while true do pairs(t) end
