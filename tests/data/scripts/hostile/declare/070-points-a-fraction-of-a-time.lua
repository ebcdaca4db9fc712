-- points a fraction of a time
-- expects: load, whole file
promotion { id = "probe", points_times = 1.5 }
