-- ipairs stepping from the largest number
-- expects: quiet
local step = ipairs({})
if step({}, math.maxinteger) ~= nil then return {{amount = 666}} end
