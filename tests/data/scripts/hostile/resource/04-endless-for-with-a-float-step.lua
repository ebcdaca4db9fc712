-- endless for with a float step
-- expects: fault
for i = 0.0, 1.0, 1e-300 do end
