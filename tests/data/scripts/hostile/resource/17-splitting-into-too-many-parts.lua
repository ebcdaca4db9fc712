-- splitting into too many parts
-- expects: fault
local s = "a,a,a,a,a,a,a,a,"
for i = 1, 9 do s = s .. s end
return text.split(s, ",")
