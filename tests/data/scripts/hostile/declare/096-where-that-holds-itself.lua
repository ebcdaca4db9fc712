-- where that holds itself
-- expects: load, whole file
local w = {}
w.where = w
promotion { id = "probe", percent = 5, where = w }
