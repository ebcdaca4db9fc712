-- large numbers that overflow
-- expects: quiet
local n = math.maxinteger
n = n + 1
return nil
