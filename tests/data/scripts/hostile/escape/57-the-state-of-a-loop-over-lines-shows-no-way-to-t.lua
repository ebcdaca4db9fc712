-- the state of a loop over lines shows no way to them
-- expects: fault
local step, state = pairs(cart.lines)
for _, part in ipairs(state) do part[1] = nil end
return {{amount = 666}}
