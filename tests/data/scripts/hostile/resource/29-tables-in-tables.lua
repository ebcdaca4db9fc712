-- tables in tables
-- expects: fault
local t = {}
while true do t = {t} end
