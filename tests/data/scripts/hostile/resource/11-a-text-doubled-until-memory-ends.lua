-- a text doubled until memory ends
-- expects: fault
local s = "x"
while true do s = s .. s end
