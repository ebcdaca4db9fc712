-- buy as many as there are numbers
-- expects: load, whole file
promotion { id = "probe", buy = math.maxinteger, pay = 1 }
