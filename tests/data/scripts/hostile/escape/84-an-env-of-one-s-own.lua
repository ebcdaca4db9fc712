-- an _ENV of one's own
-- expects: quiet, whole file
local p = promotion
local function scope() local _ENV = {} x = 1 return x end
p { id = "probe", percent = 5, when = function() return scope() == 2 end }
