-- addresses of tables
-- expects: quiet
if tostring({}) ~= "table" or tostring(pairs) ~= "function" or tostring(cart) ~= "table" then return {{amount = 666}} end
