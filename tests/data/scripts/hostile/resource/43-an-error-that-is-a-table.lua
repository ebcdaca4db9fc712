-- an error that is a table
-- expects: fault
error({})
