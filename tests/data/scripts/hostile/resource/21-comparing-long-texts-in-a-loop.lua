-- comparing long texts in a loop
-- expects: fault
local s = "aaaaaaaaaaaaaaaa"
for i = 1, 9 do s = s .. s end
local a, b = s .. "a", s .. "b"
while true do local t = a == b, a < b, a <= b end
