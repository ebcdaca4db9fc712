-- a promotion that is nothing
-- expects: load, whole file
promotion(nil)
