-- a list whose key steers a screen
-- expects: load, whole file
promotion { id = "probe", steps = { { pieces = 1, percent = 1 }, ["\27[2J"] = 1 } }
