-- an id that is a table
-- expects: load, whole file
promotion { id = {}, percent = 5 }
