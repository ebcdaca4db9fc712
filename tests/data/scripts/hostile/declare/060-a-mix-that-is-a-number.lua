-- a mix that is a number
-- expects: load, whole file
promotion { id = "probe", mix = 3 }
