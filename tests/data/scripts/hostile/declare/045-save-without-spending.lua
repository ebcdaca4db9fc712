-- save without spending
-- expects: load, whole file
promotion { id = "probe", save = 100 }
