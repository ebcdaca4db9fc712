-- a new global
-- expects: fault
evil = 1
return {{amount = 666}}
