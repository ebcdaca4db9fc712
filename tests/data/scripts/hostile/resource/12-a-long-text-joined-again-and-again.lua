-- a long text joined again and again
-- expects: fault
local s = "xxxxxxxxxxxxxxxx"
for i = 1, 9 do s = s .. s end
for i = 1, 1000000 do local t = s .. i end
