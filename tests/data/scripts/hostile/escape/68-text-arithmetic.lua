-- text arithmetic
-- expects: fault
return "10" + 1 and {{amount = 666}}
