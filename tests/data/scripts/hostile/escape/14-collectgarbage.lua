-- collectgarbage
-- expects: fault
return collectgarbage("count") and {{amount = 666}}
