-- another member's cart
-- expects: quiet
if cart.member == "mem_2" then return {{amount = 666}} end
