-- muldiv by zero
-- expects: fault
return money.muldiv(1, 1, 0) and {{amount = 666}}
