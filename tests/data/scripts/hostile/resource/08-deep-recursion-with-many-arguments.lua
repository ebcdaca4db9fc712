-- deep recursion with many arguments
-- expects: fault
local function f(...) return 1, f(1, ...) end
return f()
