-- loadlib
-- expects: fault
return package.loadlib("libc.so.6", "system") and {{amount = 666}}
