-- where that is a function
-- expects: load, whole file
promotion { id = "probe", percent = 5, where = function(line) return true end }
