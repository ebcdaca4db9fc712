-- sorting again and again
-- expects: fault
local t = {}
for i = 1, 1000 do t[i] = (i * 7919) % 1000 end
while true do local s = table.sort(t) end
