-- an offer that holds itself
-- expects: fault
local o = {percent = 10}
o.lines = {o}
return {o}
