-- a list grown by table.insert
-- expects: fault
local t = {}
while true do table.insert(t, 1) end
