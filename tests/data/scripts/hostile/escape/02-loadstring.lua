-- loadstring
-- expects: fault
return loadstring("return 1") and {{amount = 666}}
