-- Free delivery from 99.00 on. The delivery fee is an article of the category "shipping" in the same order.
promotion {
  id = "free-delivery",
  name = { en = "Free delivery from 99.00", zh = "满99包邮" },
  shipping = true,
  min_total = 9900,
  percent = 100,
}

test("the fee goes, the goods keep their price", function(t)
  local fee = { sku = "DELIVERY", category = "shipping", shipping = true, unit_price = 800 }
  t.equal(t.price { only = { "free-delivery" }, lines = { { sku = "A", unit_price = 9900 }, fee } }.total, 9900)
  t.equal(t.price { only = { "free-delivery" }, lines = { { sku = "A", unit_price = 9800 }, fee } }.total, 10600)
end)
