-- changing tags
-- expects: fault
cart.lines[2].tags[1] = "evil"
return {{amount = 666}}
