-- buy a float
-- expects: load, whole file
promotion { id = "probe", buy = 2.5, pay = 1 }
