-- division by zero
-- expects: fault
return 1 // 0
