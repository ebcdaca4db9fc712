-- print
-- expects: fault
print("hello") return {{amount = 666}}
