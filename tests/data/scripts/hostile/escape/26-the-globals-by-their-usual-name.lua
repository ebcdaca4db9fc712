-- the globals by their usual name
-- expects: fault
return _G and {{amount = 666}}
