-- rules without end
-- expects: load, whole file
for i = 1, math.maxinteger do promotion { id = "r" .. i, percent = 1 } end
