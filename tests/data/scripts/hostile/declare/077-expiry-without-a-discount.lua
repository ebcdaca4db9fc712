-- expiry without a discount
-- expects: load, whole file
promotion { id = "probe", expiry = { { days = 1 } } }
