-- a name that holds itself
-- expects: load, whole file
local n = {}
n.en = n
promotion { id = "probe", percent = 5, name = n }
