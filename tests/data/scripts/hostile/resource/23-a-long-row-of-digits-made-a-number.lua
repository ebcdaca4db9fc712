-- a long row of digits made a number
-- expects: fault
local s = "1111111111111111"
for i = 1, 9 do s = s .. s end
while true do local n = tonumber(s) end
