-- endless while
-- expects: fault
while true do end
