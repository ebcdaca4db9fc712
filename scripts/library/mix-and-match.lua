-- Any three snacks for 20.00.
promotion {
  id = "snacks-3-for-20",
  name = { en = "Any 3 snacks for 20.00", zh = "零食任选3件20元" },
  where = { category = "snacks" },
  mix = { pieces = 3, price = 2000 },
}

test("three different snacks for 20.00, the dearest ones go into the three", function(t)
  local got = t.price { only = { "snacks-3-for-20" }, lines = {
    { sku = "NUTS", category = "snacks", unit_price = 1200, qty = 2000 },
    { sku = "CRISPS", category = "snacks", unit_price = 900 },
    { sku = "GUM", category = "snacks", unit_price = 300 },
  } }
  t.equal(got.total, 2000 + 300)
end)
