-- io
-- expects: fault
return io.open("/etc/passwd") and {{amount = 666}}
