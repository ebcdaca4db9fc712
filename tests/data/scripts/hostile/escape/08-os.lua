-- os
-- expects: fault
return os.time() and {{amount = 666}}
