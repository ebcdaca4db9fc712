-- a name that turns its direction
-- expects: load, whole file
promotion { id = "probe", percent = 5, name = { en = "\u{202e}eerf" } }
