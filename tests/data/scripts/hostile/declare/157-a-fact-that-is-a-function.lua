-- a fact that is a function
-- expects: load, whole file
promotion { id = "probe", percent = 5, facts = { weather = function() return true end } }
