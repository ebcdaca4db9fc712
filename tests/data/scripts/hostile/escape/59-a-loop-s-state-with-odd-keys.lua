-- a loop's state with odd keys
-- expects: fault
local step = pairs({})
step({{{}, {}}, {}}, 1)
return {{amount = 666}}
