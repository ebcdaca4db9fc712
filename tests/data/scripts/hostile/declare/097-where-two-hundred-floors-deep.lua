-- where two hundred floors deep
-- expects: load, whole file
local top = {}
local at = top
for i = 1, 200 do at.where = {} at = at.where end
promotion { id = "probe", percent = 5, where = top }
