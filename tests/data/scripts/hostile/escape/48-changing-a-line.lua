-- changing a line
-- expects: fault
cart.lines[1].unit_price = 1
return {{amount = 666}}
