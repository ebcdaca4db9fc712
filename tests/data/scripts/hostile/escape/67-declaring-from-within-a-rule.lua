-- declaring from within a rule
-- expects: fault, whole file
local p = promotion
promotion { id = "probe", percent = 5, when = function() p { id = "evil", amount = 666 } end }
