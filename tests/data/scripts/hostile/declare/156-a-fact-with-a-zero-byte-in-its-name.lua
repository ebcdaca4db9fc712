-- a fact with a zero byte in its name
-- expects: load, whole file
promotion { id = "probe", percent = 5, facts = { ["weather\0"] = "rain" } }
