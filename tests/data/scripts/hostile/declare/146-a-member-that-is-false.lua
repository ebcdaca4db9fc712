-- a member that is false
-- expects: load, whole file
promotion { id = "probe", percent = 5, member = false }
