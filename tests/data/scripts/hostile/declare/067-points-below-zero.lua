-- points below zero
-- expects: load, whole file
promotion { id = "probe", points = -5 }
