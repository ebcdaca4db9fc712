-- rules for other sales
-- expects: quiet, whole file
promotion { id = "probe", amount = 666, member = "nobody" }
