-- a bargain below the ground
-- expects: load, whole file
promotion { id = "probe", bargain = { floor = -5000 } }
