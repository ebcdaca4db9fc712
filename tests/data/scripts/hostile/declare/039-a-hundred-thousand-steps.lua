-- a hundred thousand steps
-- expects: load, whole file
local s = {}
for i = 1, 100000 do s[i] = { pieces = i, percent = 1 } end
promotion { id = "probe", steps = s }
