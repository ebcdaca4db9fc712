-- the metatable field of texts
-- expects: quiet
local s = "x"
return (s.__index or s.__metatable or s.__gc) and {{amount = 666}}
