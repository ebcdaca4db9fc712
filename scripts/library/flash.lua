-- A flash sale: 100 rice cookers at 199.00, at most one for each member, from ten o'clock on. It is over when 100 are sold.
promotion {
  id = "flash-cooker",
  name = { en = "Flash: rice cooker 199.00", zh = "限时秒杀电饭煲199元" },
  lane = "flash",
  where = { sku = "COOKER" },
  member = true,
  from = "2026-06-18 10:00",
  to = "2026-06-18",
  price = 19900,
  exclusive = true,
  limit = { units = 100, member = 1 },
  times = 1,
}

test("while there are some of the hundred left", function(t)
  local function pay(sold)
    return t.price {
      only = { "flash-cooker" },
      at = "2026-06-18 10:00",
      member = "mem_00000000000000000000000001",
      tier = "basic",
      used = { ["flash-cooker"] = { units = sold } },
      lines = { { sku = "COOKER", unit_price = 39900 } },
    }.total
  end
  t.equal(pay(99), 19900)
  t.equal(pay(100), 39900)
end)
