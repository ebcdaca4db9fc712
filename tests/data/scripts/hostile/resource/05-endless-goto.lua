-- endless goto
-- expects: fault
::again:: goto again
