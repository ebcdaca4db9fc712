-- an empty list of steps
-- expects: load, whole file
promotion { id = "probe", steps = {} }
