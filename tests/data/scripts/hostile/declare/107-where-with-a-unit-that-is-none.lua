-- where with a unit that is none
-- expects: load, whole file
promotion { id = "probe", percent = 5, where = { unit = "barrel" } }
