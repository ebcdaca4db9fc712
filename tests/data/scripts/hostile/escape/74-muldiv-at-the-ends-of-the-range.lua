-- muldiv at the ends of the range
-- expects: fault
return money.muldiv(-9223372036854775807 - 1, -9223372036854775807 - 1, 1) and {{amount = 666}}
