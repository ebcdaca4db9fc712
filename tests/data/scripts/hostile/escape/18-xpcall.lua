-- xpcall
-- expects: fault
xpcall(error, function() while true do end end) return {{amount = 666}}
