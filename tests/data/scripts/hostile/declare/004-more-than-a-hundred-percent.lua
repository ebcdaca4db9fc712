-- more than a hundred percent
-- expects: load, whole file
promotion { id = "probe", percent = 101 }
