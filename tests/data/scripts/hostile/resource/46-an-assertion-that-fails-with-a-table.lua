-- an assertion that fails with a table
-- expects: fault
assert(nil, {})
