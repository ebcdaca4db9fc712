-- sorting a list of lines again and again
-- expects: fault
while true do local s = table.sort(cart.lines, "amount") end
