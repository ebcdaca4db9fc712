-- table.move
-- expects: quiet
return table.move and {{amount = 666}}
