-- rules that differ in their last letter only
-- expects: quiet, whole file
local s = text.upper("x")
for i = 1, 5 do s = s .. s end
for i = 1, 9 do promotion { id = s .. i, percent = 5, where = { sku = s .. i } } end
