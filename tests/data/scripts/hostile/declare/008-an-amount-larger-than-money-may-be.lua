-- an amount larger than money may be
-- expects: load, whole file
promotion { id = "probe", amount = 9007199254740992 }
