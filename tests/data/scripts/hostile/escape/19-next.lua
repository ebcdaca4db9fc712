-- next
-- expects: fault
return next(cart) and {{amount = 666}}
