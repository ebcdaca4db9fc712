-- walking _ENV
-- expects: quiet
for name, value in pairs(_ENV) do
  if name == "load" or name == "debug" or name == "os" then return {{amount = 666}} end
end
