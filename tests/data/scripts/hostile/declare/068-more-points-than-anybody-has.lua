-- more points than anybody has
-- expects: load, whole file
promotion { id = "probe", points = 9007199254740991 }
