-- a list without end in the file
-- expects: load, whole file
local t = {}
for i = 1, math.maxinteger do t[i] = i end
