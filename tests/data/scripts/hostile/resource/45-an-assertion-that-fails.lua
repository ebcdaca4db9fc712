-- an assertion that fails
-- expects: fault
assert(false, "no")
