-- a table with tables as keys
-- expects: load, whole file
local t = {}
t[{}] = {}
promotion { id = "probe", percent = 5, when = function() return t[1] end }
