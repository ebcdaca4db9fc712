-- many results of a huge unpack shape
-- expects: quiet
local t = {}
t[1], t[2147483647], t[9007199254740993] = 1, 2, 3
if #t > 3 and #t < 2147483647 then return {{amount = 666}} end
