-- a lane of its own
-- expects: load, whole file
promotion { id = "probe", percent = 5, lane = "mine" }
