-- deep recursion in the file
-- expects: load, whole file
local function f() return 1 + f() end
f()
