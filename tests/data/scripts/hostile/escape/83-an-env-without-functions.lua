-- an _ENV without functions
-- expects: load, whole file
local _ENV = {}
promotion { id = "x", percent = 1 }
