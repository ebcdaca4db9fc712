-- changing the globals of other files
-- expects: load, whole file
pairs = nil
