-- changing a line met on the way
-- expects: fault
for _, line in ipairs(cart.lines) do line.qty = 1 end
return {{amount = 666}}
