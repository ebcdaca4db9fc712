-- steps that hold themselves
-- expects: load, whole file
local s = {}
s[1] = s
promotion { id = "probe", steps = s }
