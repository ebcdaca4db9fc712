-- a constant _ENV
-- expects: load, whole file
local _ENV <const> = {}
promotion { id = "x", percent = 1 }
