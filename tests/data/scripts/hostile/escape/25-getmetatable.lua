-- getmetatable
-- expects: fault
return getmetatable("") and {{amount = 666}}
