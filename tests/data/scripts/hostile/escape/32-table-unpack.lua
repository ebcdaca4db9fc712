-- table.unpack
-- expects: quiet
return (table.unpack or table.pack or table.remove) and {{amount = 666}}
