-- setting a function of text
-- expects: fault
text.upper = function() return "evil" end
return {{amount = 666}}
