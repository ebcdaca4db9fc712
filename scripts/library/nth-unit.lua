-- The second bottle is half price; of each pair it is the cheaper one.
promotion {
  id = "wine-second-half",
  name = { en = "Wine: second bottle half price", zh = "葡萄酒第二瓶半价" },
  where = { category = "wine" },
  nth = 2,
  percent = 50,
}

test("of four bottles two are half price", function(t)
  local got = t.price { only = { "wine-second-half" }, lines = { { sku = "RED", category = "wine", unit_price = 6000, qty = 4000 } } }
  t.equal(got.total, 18000)
end)
