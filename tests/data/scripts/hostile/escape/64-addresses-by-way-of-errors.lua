-- addresses by way of errors
-- expects: fault
local a = {} + {}
