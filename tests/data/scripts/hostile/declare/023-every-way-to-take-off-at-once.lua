-- every way to take off at once
-- expects: load, whole file
promotion { id = "probe", percent = 1, amount = 1, price = 1, prices = { A = 1 }, buy = 2, pay = 1, nth = 2, steps = {}, spend = 1, save = 1, bundle = {}, mix = {}, gift = {}, get = {}, points = 1, expiry = {}, group_buy = {}, bargain = {} }
