-- inserting a line
-- expects: fault
table.insert(cart.lines, cart.lines[1])
return {{amount = 666}}
