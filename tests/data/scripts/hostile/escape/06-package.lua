-- package
-- expects: fault
return package.loaded and {{amount = 666}}
