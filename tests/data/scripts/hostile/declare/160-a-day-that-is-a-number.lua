-- a day that is a number
-- expects: load, whole file
promotion { id = "probe", percent = 5, from = 1795752000000 }
