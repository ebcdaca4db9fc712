-- a name in forty languages
-- expects: load, whole file
local n = {}
for i = 10, 50 do n["a" .. i] = "x" end
promotion { id = "probe", percent = 5, name = n }
