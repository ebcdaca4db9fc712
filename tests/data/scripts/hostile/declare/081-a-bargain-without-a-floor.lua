-- a bargain without a floor
-- expects: load, whole file
promotion { id = "probe", bargain = {} }
