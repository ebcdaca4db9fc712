-- dofile
-- expects: fault
return dofile("/etc/passwd") and {{amount = 666}}
