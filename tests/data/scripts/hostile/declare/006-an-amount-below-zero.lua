-- an amount below zero
-- expects: load, whole file
promotion { id = "probe", amount = -1 }
