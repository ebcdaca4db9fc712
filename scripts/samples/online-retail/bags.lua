-- Bags, the shop's best sellers. Money is in thousandths of a pound, as in the receipts of this shop: 1.65 are 1650.
local lunch_bags = {
  "20725", "20726", "20727", "20728", "22382", "22383", "22384", "22662", "23206", "23207", "23208", "23209",
  "23583", "23681",
}
local jumbo_bags = {
  "20711", "20712", "20713", "21033", "21034", "21928", "21929", "21930", "21931", "22385", "22386", "22411",
  "22663", "23199", "23200", "23201", "23202", "23203", "23343", "23344", "23581", "23582", "85099B",
  "85099F", "85099f",
}

-- Lunch bags by the ten: from ten on 5 % off, from fifty on 10 %, from a hundred on 15 %.
promotion {
  id = "lunch-bags-more",
  name = { en = "Lunch bags: the more the cheaper", zh = "午餐袋多买多省" },
  where = { sku = lunch_bags },
  steps = { { pieces = 10, percent = 5 }, { pieces = 50, percent = 10 }, { pieces = 100, percent = 15 } },
}

-- Of each six jumbo bags five are paid.
promotion {
  id = "jumbo-6-for-5",
  name = { en = "Jumbo bags: 6 for 5", zh = "大号购物袋买六付五" },
  where = { sku = jumbo_bags },
  buy = 6,
  pay = 5,
}

-- Any ten bags, lunch or jumbo, for 17.00: competes with the two above for the same bags.
local all_bags = {}
for _, sku in ipairs(lunch_bags) do
  table.insert(all_bags, sku)
end
for _, sku in ipairs(jumbo_bags) do
  table.insert(all_bags, sku)
end
promotion {
  id = "ten-bags-17",
  name = { en = "Any 10 bags for 17.00", zh = "任选10个包17镑" },
  where = { sku = all_bags },
  mix = { pieces = 10, price = 17000 },
}

test("sixty lunch bags are 10 % cheaper", function(t)
  local bags = { sku = "20725", unit_price = 1650, qty = 60000 }
  t.equal(t.price { only = { "lunch-bags-more" }, lines = { bags } }.discount, 9900)
end)

test("the customer gets the better of six for five and ten for 17.00", function(t)
  local bags = { sku = "85099B", unit_price = 2080, qty = 10000 }
  t.equal(t.price { only = { "jumbo-6-for-5", "ten-bags-17" }, lines = { bags } }.total, 17000)
end)
