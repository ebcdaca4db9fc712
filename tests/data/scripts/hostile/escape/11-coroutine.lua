-- coroutine
-- expects: fault
return coroutine.create(function() end) and {{amount = 666}}
