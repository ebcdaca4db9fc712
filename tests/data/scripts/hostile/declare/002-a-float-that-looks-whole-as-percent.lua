-- a float that looks whole as percent
-- expects: load, whole file
promotion { id = "probe", percent = 10.0 }
