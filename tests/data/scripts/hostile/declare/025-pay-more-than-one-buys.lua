-- pay more than one buys
-- expects: load, whole file
promotion { id = "probe", buy = 2, pay = 3 }
