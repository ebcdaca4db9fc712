-- a hundred thousand coupon words
-- expects: load, whole file
local c = {}
for i = 1, 100000 do c[i] = "C" .. i end
promotion { id = "probe", percent = 5, coupon = c }
