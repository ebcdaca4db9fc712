-- changing the date
-- expects: fault
cart.date.hour = 3
return {{amount = 666}}
