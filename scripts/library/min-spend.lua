-- From 200.00 of wine on, 10 % off the wine. What else is in the cart does not count.
promotion {
  id = "wine-200",
  name = { en = "Wine: 10 % off from 200.00", zh = "葡萄酒满200九折" },
  where = { category = "wine" },
  min_spend = 20000,
  percent = 10,
}

test("wine for 200.00, and not wine and cheese together", function(t)
  local cheese = { sku = "BRIE", category = "cheese", unit_price = 9000 }
  local two = { sku = "RED", category = "wine", unit_price = 6000, qty = 2000 }
  local four = { sku = "RED", category = "wine", unit_price = 6000, qty = 4000 }
  t.equal(t.price { only = { "wine-200" }, lines = { four, cheese } }.discount, 2400)
  local less = t.price { only = { "wine-200" }, lines = { two, cheese } }
  t.equal(less.discount, 0)
  t.equal(less.outcomes["wine-200"], "below_spend")
end)
