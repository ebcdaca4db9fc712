-- A round price for a week: socks that cost 18.00 or 22.00 all cost 15.00. What is cheaper already keeps its price.
promotion {
  id = "socks-15-each",
  name = { en = "Socks: 15.00 each", zh = "袜子每双15元" },
  where = { category = "socks" },
  price = 1500,
}

test("dearer socks cost 15.00, cheaper ones keep their price", function(t)
  local got = t.price { only = { "socks-15-each" }, lines = {
    { sku = "WOOL", category = "socks", unit_price = 2200, qty = 2000 },
    { sku = "THIN", category = "socks", unit_price = 1200 },
  } }
  t.equal(got.lines[1].total, 3000)
  t.equal(got.lines[2].total, 1200)
end)
