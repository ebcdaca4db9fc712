-- A straight discount: 15 % off everything in the category "umbrellas".
promotion {
  id = "umbrellas-15",
  name = { en = "Umbrellas: 15 % off", zh = "雨伞八五折" },
  where = { category = "umbrellas" },
  percent = 15,
}

test("umbrellas are 15 % cheaper, other goods are not", function(t)
  local got = t.price { only = { "umbrellas-15" }, lines = {
    { sku = "UMB", category = "umbrellas", unit_price = 4000 },
    { sku = "HAT", category = "hats", unit_price = 3000 },
  } }
  t.equal(got.discount, 600)
  t.equal(got.lines[1].total, 3400)
  t.equal(got.lines[2].total, 3000)
end)
