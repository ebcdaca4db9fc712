-- tables in tables in the file
-- expects: quiet, whole file
local t = {}
for i = 1, 3000 do t = {t} end
promotion { id = "probe", percent = 5, when = function() return t == nil end }
