-- exchanging a global
-- expects: fault
ipairs = function() end
return {{amount = 666}}
