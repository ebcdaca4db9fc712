-- the end before the beginning
-- expects: load, whole file
promotion { id = "probe", percent = 5, from = "2026-11-02", to = "2026-11-01" }
