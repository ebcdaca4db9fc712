-- one entry out, one in, the table full
-- expects: fault
local t = {}
for i = 1, 2000 do t["k" .. i] = i end
for i = 1, 100000 do t["k" .. i] = nil t["n" .. i] = i end
