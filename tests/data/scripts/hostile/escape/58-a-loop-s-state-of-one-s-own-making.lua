-- a loop's state of one's own making
-- expects: fault
local step = pairs({})
step({{}, 5}, 1)
return {{amount = 666}}
