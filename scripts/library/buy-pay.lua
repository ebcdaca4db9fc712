-- Three for two; of each three the cheapest is free.
promotion {
  id = "soap-3-for-2",
  name = { en = "Soap: 3 for 2", zh = "香皂买三付二" },
  where = { category = "soap" },
  buy = 3,
  pay = 2,
}

-- For a day of thanks the other way round: of two candles the dearer one is free.
promotion {
  id = "candles-dearest-free",
  name = { en = "Two candles: the dearer one free", zh = "蜡烛两件免最贵" },
  where = { category = "candles" },
  buy = 2,
  pay = 1,
  free = "dearest",
}

test("the cheapest of three soaps is free", function(t)
  local got = t.price { only = { "soap-3-for-2" }, lines = {
    { sku = "S1", category = "soap", unit_price = 1200, qty = 2000 },
    { sku = "S2", category = "soap", unit_price = 800 },
  } }
  t.equal(got.discount, 800)
end)

test("the dearer of two candles is free", function(t)
  local got = t.price { only = { "candles-dearest-free" }, lines = {
    { sku = "C1", category = "candles", unit_price = 5000 },
    { sku = "C2", category = "candles", unit_price = 2000 },
  } }
  t.equal(got.total, 2000)
end)
