-- debug
-- expects: fault
return debug.getregistry() and {{amount = 666}}
