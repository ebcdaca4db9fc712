-- sub with the ends of the range
-- expects: quiet
local s = "abc"
if s:sub(-9223372036854775807 - 1, 9223372036854775807) ~= "abc" or s:sub(9223372036854775807) ~= "" then return {{amount = 666}} end
