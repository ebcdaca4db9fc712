-- an amount of nothing
-- expects: load, whole file
promotion { id = "probe", amount = 0 }
