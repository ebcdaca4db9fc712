-- an id without end
-- expects: load, whole file
local s = "x"
for i = 1, 13 do s = s .. s end
promotion { id = s, percent = 5 }
