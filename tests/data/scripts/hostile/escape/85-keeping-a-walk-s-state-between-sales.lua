-- keeping a walk's state between sales
-- expects: fault, whole file
local step, state = pairs({ a = 1, b = 2 })
local place
promotion { id = "probe", amount = 666, when = function() place = step(state, place) return place == "b" end }
