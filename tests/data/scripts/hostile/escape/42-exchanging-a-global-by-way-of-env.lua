-- exchanging a global by way of _ENV
-- expects: fault
_ENV.pairs = nil
return {{amount = 666}}
