-- a promotion that is a text
-- expects: load, whole file
promotion "percent = 100"
