-- endless repeat
-- expects: fault
repeat until false
