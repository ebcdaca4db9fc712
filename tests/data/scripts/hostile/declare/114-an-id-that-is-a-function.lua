-- an id that is a function
-- expects: load, whole file
promotion { id = function() return "probe" end, percent = 5 }
