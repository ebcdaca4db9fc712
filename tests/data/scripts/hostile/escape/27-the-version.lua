-- the version
-- expects: fault
return _VERSION and {{amount = 666}}
