-- string
-- expects: fault
return string.rep("x", 100000) and {{amount = 666}}
