-- walking a table again and again
-- expects: fault
local t = {}
for i = 1, 500 do t["k" .. i] = i end
while true do for k, v in pairs(t) do end end
