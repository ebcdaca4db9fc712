-- rawequal
-- expects: fault
return rawequal(cart, cart) and {{amount = 666}}
