-- endless while in the file
-- expects: load, whole file
while true do end
