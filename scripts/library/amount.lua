-- A fixed amount off: 5.00 off a hand cream, however many are bought, at most 5.00 on the whole line.
promotion {
  id = "hand-cream-5",
  name = { en = "Hand cream: 5.00 off", zh = "护手霜立减5元" },
  where = { sku = "HAND-CREAM" },
  lane = "item",
  amount = 500,
}

test("5.00 come off once, and never more than the cream costs", function(t)
  local cream = { sku = "HAND-CREAM", unit_price = 2900, qty = 2000 }
  t.equal(t.price { only = { "hand-cream-5" }, lines = { cream } }.total, 5300)
  local sample = { sku = "HAND-CREAM", unit_price = 300 }
  t.equal(t.price { only = { "hand-cream-5" }, lines = { sample } }.total, 0)
end)
