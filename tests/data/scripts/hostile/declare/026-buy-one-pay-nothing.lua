-- buy one pay nothing
-- expects: load, whole file
promotion { id = "probe", buy = 1, pay = 0 }
