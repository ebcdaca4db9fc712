-- a limit that holds itself
-- expects: load, whole file
local l = { total = 1 }
l.total = l
promotion { id = "probe", percent = 1, limit = l }
