-- prices by an article number without end
-- expects: load, whole file
local s = "x"
for i = 1, 13 do s = s .. s end
promotion { id = "probe", prices = { [s] = 1 } }
