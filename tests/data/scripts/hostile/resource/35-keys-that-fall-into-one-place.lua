-- keys that fall into one place
-- expects: fault
local t = {}
for i = 1, 1000 do t[i * 1023 * 2047] = i end
while true do local x = t[77 * 1023 * 2047] end
