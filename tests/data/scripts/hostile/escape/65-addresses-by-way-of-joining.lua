-- addresses by way of joining
-- expects: fault
return "x" .. {}
