-- what walking _ENV hands out cannot be written
-- expects: fault
for name, value in pairs(_ENV) do
  if name == "text" then value.evil = 1 return {{amount = 666}} end
end
