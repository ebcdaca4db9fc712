-- inserting into a library
-- expects: fault
table.insert(text, 1)
return {{amount = 666}}
