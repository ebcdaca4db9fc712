-- floats of math
-- expects: quiet
return (math.huge or math.sin or math.pi) and {{amount = 666}}
