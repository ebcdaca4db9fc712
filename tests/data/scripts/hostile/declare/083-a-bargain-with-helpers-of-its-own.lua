-- a bargain with helpers of its own
-- expects: load, whole file
promotion { id = "probe", bargain = { floor = 1, helpers = { "mem_1" } } }
