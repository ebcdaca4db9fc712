-- a long row of digits as the limit of a loop
-- expects: fault
local s = "0000000000000000"
for i = 1, 9 do s = s .. s end
while true do for i = 1, s do end end
