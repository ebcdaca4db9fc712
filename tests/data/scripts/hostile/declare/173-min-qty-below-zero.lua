-- min_qty below zero
-- expects: load, whole file
promotion { id = "probe", percent = 5, min_qty = -1 }
