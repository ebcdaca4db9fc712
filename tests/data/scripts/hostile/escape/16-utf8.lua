-- utf8
-- expects: fault
return utf8.char(65) and {{amount = 666}}
