-- ways to take off that contradict each other
-- expects: load, whole file
promotion { id = "probe", percent = 10, amount = 5 }
