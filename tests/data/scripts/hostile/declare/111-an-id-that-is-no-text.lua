-- an id that is no text
-- expects: load, whole file
promotion { id = "\xff\xfe", percent = 5 }
