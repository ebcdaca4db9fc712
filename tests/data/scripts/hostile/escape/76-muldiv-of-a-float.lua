-- muldiv of a float
-- expects: fault
return money.muldiv(1.0, 1, 1) and {{amount = 666}}
