-- a limit that its own condition reads
-- expects: fault, whole file
local l = { total = 1 }
promotion { id = "probe", percent = 5, limit = l, when = function(cart) return l.total.x end }
