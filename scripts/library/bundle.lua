-- A set at a price: one teapot and two cups for 199.00 together.
promotion {
  id = "tea-set",
  name = { en = "Tea set for 199.00", zh = "茶具套装199元" },
  bundle = {
    price = 19900,
    { where = { category = "teapots" }, pieces = 1 },
    { where = { category = "cups" }, pieces = 2 },
  },
}

test("one pot and two cups cost 199.00, a third cup its own price", function(t)
  local got = t.price { only = { "tea-set" }, lines = {
    { sku = "POT", category = "teapots", unit_price = 15000 },
    { sku = "CUP", category = "cups", unit_price = 4000, qty = 3000 },
  } }
  t.equal(got.total, 19900 + 4000)
end)
