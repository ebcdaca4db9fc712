-- a day with more behind it
-- expects: load, whole file
promotion { id = "probe", percent = 5, to = "2026-11-01 18:00; DROP TABLE" }
