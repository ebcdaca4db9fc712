-- loadfile
-- expects: fault
return loadfile("/etc/passwd") and {{amount = 666}}
