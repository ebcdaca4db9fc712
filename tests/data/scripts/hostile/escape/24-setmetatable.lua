-- setmetatable
-- expects: fault
return setmetatable({}, {}) and {{amount = 666}}
