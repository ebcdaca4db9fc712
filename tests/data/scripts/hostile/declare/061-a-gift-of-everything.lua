-- a gift of everything
-- expects: load, whole file
promotion { id = "probe", gift = {}, pieces = 1 }
