-- an argument that remembers
-- expects: fault, whole file
local function make(seen) return function() seen = (seen or 0) + 1 return seen == 2 end end
promotion { id = "probe", amount = 666, when = make() }
