-- select below the first
-- expects: fault
return select(-9223372036854775807 - 1, 1)
