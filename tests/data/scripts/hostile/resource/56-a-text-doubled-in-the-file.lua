-- a text doubled in the file
-- expects: load, whole file
local s = "x"
while true do s = s .. s end
