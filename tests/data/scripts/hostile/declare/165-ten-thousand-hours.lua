-- ten thousand hours
-- expects: load, whole file
local h = {}
for i = 1, 10000 do h[i] = "10:00-11:00" end
promotion { id = "probe", percent = 5, hours = h }
