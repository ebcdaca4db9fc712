-- points a million times
-- expects: load, whole file
promotion { id = "probe", points_times = 1000000 }
