-- a loop's state that is no table
-- expects: fault
local step = pairs({})
step(5, 1)
return {{amount = 666}}
