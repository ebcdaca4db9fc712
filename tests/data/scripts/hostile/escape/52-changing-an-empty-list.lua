-- changing an empty list
-- expects: fault
table.insert(cart.lines[1].tags, "evil")
return {{amount = 666}}
