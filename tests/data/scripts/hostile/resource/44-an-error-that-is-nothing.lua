-- an error that is nothing
-- expects: fault
error()
