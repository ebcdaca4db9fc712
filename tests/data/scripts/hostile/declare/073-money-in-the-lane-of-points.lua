-- money in the lane of points
-- expects: load, whole file
promotion { id = "probe", percent = 5, lane = "earn" }
