-- deep recursion
-- expects: fault
local function f() return 1 + f() end
return f()
