-- the largest number as an amount
-- expects: load, whole file
promotion { id = "probe", amount = math.maxinteger }
