-- For each full 300.00 of clothes 50.00 off: the sale that Chinese shoppers know from November.
promotion {
  id = "clothes-every-300",
  name = { en = "50.00 off for every 300.00", zh = "每满300减50" },
  where = { category = "clothes" },
  spend = 30000,
  save = 5000,
  repeats = true,
}

-- The same once: 30.00 off from 199.00 on.
promotion {
  id = "toys-199",
  name = { en = "30.00 off from 199.00", zh = "满199减30" },
  where = { category = "toys" },
  spend = 19900,
  save = 3000,
}

test("two full 300.00 take 100.00 off", function(t)
  local coat = { sku = "COAT", category = "clothes", unit_price = 68000 }
  t.equal(t.price { only = { "clothes-every-300" }, lines = { coat } }.discount, 10000)
end)

test("without `repeats` it is once", function(t)
  local train = { sku = "TRAIN", category = "toys", unit_price = 60000 }
  t.equal(t.price { only = { "toys-199" }, lines = { train } }.discount, 3000)
end)
