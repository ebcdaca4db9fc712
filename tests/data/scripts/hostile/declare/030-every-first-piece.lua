-- every first piece
-- expects: load, whole file
promotion { id = "probe", nth = 1, percent = 50 }
