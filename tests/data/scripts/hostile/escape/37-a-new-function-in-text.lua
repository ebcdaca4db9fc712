-- a new function in text
-- expects: fault
text.evil = function() end
return {{amount = 666}}
