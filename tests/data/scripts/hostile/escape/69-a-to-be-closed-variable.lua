-- a to-be-closed variable
-- expects: fault
local x <close> = {}
return {{amount = 666}}
