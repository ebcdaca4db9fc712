-- nothing divided by nothing as percent
-- expects: load, whole file
promotion { id = "probe", percent = 0/0 }
