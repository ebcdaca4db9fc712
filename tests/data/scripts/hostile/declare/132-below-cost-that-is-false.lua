-- below cost that is false
-- expects: load, whole file
promotion { id = "probe", percent = 5, below_cost = false }
