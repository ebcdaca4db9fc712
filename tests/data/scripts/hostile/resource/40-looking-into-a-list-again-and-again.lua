-- looking into a list again and again
-- expects: fault
local t = {}
for i = 1, 1000 do t[i] = i end
while true do local x = table.has(t, 0) end
