-- changing the cart
-- expects: fault
cart.total = 1
return {{amount = 666}}
