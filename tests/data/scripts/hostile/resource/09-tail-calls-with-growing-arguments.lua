-- tail calls with growing arguments
-- expects: fault
local function f(...) return f(1, ...) end
return f()
