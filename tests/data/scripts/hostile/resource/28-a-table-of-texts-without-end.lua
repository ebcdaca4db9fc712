-- a table of texts without end
-- expects: fault
local t, i = {}, 0
while true do i = i + 1 t["k" .. i] = i end
