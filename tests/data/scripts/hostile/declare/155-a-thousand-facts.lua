-- a thousand facts
-- expects: load, whole file
local f = {}
for i = 1, 1000 do f["f" .. i] = "x" end
promotion { id = "probe", percent = 5, facts = f }
