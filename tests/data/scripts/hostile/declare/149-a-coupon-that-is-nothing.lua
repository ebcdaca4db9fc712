-- a coupon that is nothing
-- expects: load, whole file
promotion { id = "probe", percent = 5, coupon = "" }
