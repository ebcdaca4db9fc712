-- rawget
-- expects: fault
return rawget(cart, "total") and {{amount = 666}}
