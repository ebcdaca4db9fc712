-- select with nothing
-- expects: quiet
if select("#") ~= 0 or select(5, 1) ~= nil then return {{amount = 666}} end
