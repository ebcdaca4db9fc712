-- load
-- expects: fault
return load("return 1") and {{amount = 666}}
