-- a lane that is a number
-- expects: load, whole file
promotion { id = "probe", percent = 5, lane = 0 }
