-- a new global by way of _ENV
-- expects: fault
_ENV.evil = 1
return {{amount = 666}}
