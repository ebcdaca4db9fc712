-- prices of a hundred thousand articles
-- expects: load, whole file
local p = {}
for i = 1, 100000 do p["S" .. i] = 1 end
promotion { id = "probe", prices = p }
