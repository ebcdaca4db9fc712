-- every zeroth piece
-- expects: load, whole file
promotion { id = "probe", nth = 0, percent = 50 }
