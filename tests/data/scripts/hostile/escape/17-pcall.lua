-- pcall
-- expects: fault
pcall(function() while true do end end) return {{amount = 666}}
