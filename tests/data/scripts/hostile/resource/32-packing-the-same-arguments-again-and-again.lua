-- packing the same arguments again and again
-- expects: fault
local function pack(n, ...) if n == 0 then while true do local t = {...} end end return pack(n - 1, 1, 2, 3, 4, 5, 6, 7, 8, ...) end
return pack(100)
