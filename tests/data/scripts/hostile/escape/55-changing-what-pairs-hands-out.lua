-- changing what pairs hands out
-- expects: fault
for name, value in pairs(cart) do if name == "lines" then value[1] = nil end end
return {{amount = 666}}
