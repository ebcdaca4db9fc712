-- a day that does not exist
-- expects: load, whole file
promotion { id = "probe", percent = 5, from = "2026-02-30" }
