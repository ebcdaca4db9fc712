-- min_total that is a fraction
-- expects: load, whole file
promotion { id = "probe", percent = 5, min_total = 0.1 }
