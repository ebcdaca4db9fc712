-- rawlen
-- expects: fault
return rawlen(cart.lines) and {{amount = 666}}
