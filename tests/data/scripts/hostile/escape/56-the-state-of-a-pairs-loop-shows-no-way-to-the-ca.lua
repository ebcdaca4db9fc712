-- the state of a pairs loop shows no way to the cart
-- expects: fault
local step, state = pairs(cart)
for _, part in ipairs(state) do if part.total then part.total = 1 return {{amount = 666}} end end
