-- the largest of many arguments
-- expects: fault
local function many(n, ...) if n == 0 then while true do local x = math.max(...) end end return many(n - 1, 1, 2, 3, 4, 5, 6, 7, 8, ...) end
return many(100)
