-- a key without end
-- expects: load, whole file
local s = "x"
for i = 1, 13 do s = s .. s end
promotion { id = "probe", percent = 5, [s] = 1 }
