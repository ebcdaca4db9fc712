-- an id with control characters
-- expects: load, whole file
promotion { id = "pro\nbe", percent = 5 }
