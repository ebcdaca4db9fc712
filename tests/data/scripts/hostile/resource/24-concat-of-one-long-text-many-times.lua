-- concat of one long text many times
-- expects: fault
local s, t = "xxxxxxxxxxxxxxxx", {}
for i = 1, 6 do s = s .. s end
for i = 1, 100 do t[i] = s end
return table.concat(t)
