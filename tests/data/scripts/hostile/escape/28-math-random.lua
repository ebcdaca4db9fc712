-- math.random
-- expects: quiet
return math.random and {{amount = 666}}
