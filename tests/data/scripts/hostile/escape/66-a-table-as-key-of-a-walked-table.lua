-- a table as key of a walked table
-- expects: fault
for k in pairs({[{}] = 1}) do end
return {{amount = 666}}
