-- upper case of a long text in a loop
-- expects: fault
local s = "xxxxxxxxxxxxxxxx"
for i = 1, 9 do s = s .. s end
while true do local t = s:upper() end
