-- an error as long as may be
-- expects: fault
local s = "xxxxxxxxxxxxxxxx"
for i = 1, 9 do s = s .. s end
error(s)
