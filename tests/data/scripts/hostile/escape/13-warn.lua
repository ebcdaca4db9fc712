-- warn
-- expects: fault
warn("@on") return {{amount = 666}}
