-- points in another lane
-- expects: load, whole file
promotion { id = "probe", points = 5, lane = "item" }
