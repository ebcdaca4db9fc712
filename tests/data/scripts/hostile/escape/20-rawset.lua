-- rawset
-- expects: fault
rawset(cart, "total", 1) return {{amount = 666}}
