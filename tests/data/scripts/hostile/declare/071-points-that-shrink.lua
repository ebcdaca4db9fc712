-- points that shrink
-- expects: load, whole file
promotion { id = "probe", points_ppm = 1 }
