-- a new function in money
-- expects: fault
money.muldiv = nil
return {{amount = 666}}
