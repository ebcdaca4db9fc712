-- a great deal of work that fits
-- expects: quiet
local n = 0
for i = 1, 4000 do n = n + i end
return nil
