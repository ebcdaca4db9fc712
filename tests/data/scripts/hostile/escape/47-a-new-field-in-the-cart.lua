-- a new field in the cart
-- expects: fault
cart.evil = 1
return {{amount = 666}}
