-- many operands at once
-- expects: fault
local s = "xxxxxxxxxxxxxxxx"
for i = 1, 9 do s = s .. s end
while true do local t = s .. s .. s .. s .. s .. s .. s .. s end
