-- searching a long text in a loop
-- expects: fault
local s = "aaaaaaaaaaaaaaaa"
for i = 1, 9 do s = s .. s end
while true do local t = text.contains(s, s:sub(1, 4000) .. "b") end
