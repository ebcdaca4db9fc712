-- a text poisoned while loading
-- expects: load, whole file
local s = ""
s.upper = function() return "evil" end
