-- a float where a count belongs
-- expects: fault
return {{percent = 5, lines = {{line = 1, qty = 0 / 0}}}}
