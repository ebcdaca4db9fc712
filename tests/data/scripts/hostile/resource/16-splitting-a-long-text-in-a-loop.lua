-- splitting a long text in a loop
-- expects: fault
local s = "a,a,a,a,a,a,a,a,"
for i = 1, 5 do s = s .. s end
while true do local t = text.split(s, ",") end
