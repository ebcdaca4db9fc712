-- random seed
-- expects: quiet
return math.randomseed and {{amount = 666}}
