-- splitting by nothing
-- expects: fault
return text.split("abc", "")
