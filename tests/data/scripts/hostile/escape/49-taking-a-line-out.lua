-- taking a line out
-- expects: fault
cart.lines[1] = nil
return {{amount = 666}}
