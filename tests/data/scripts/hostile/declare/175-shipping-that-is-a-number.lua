-- shipping that is a number
-- expects: load, whole file
promotion { id = "probe", percent = 5, shipping = 1 }
