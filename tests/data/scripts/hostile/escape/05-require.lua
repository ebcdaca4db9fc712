-- require
-- expects: fault
return require("os") and {{amount = 666}}
