-- a global for other files
-- expects: load, whole file
shared = {}
