-- counting again and again
-- expects: fault
while true do local n = #cart.lines end
