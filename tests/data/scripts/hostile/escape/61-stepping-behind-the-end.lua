-- stepping behind the end
-- expects: quiet
local step, state = pairs({a = 1})
if step(state, "zzz") ~= nil or step(state, true) ~= nil then return {{amount = 666}} end
