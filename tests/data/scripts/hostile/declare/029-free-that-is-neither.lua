-- free that is neither
-- expects: load, whole file
promotion { id = "probe", buy = 3, pay = 2, free = "all of them" }
