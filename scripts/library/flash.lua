-- A flash sale: 100 rice cookers at 199.00, one for each member, from ten o'clock on. It is over when 100 are sold.
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
  limit = { units = 100, units_member = 1 },
}

local function pay(pieces, used)
  return {
    only = { "flash-cooker" },
    at = "2026-06-18 10:00",
    member = "mem_00000000000000000000000001",
    tier = "basic",
    used = { ["flash-cooker"] = used },
    lines = { { sku = "COOKER", unit_price = 39900, qty = pieces * 1000 } },
  }
end

test("while there are some of the hundred left", function(t)
  t.equal(t.price(pay(1, { units = 99 })).total, 19900)
  t.equal(t.price(pay(1, { units = 100 })).total, 39900)
end)

test("one for each member, in one sale or in two", function(t)
  t.equal(t.price(pay(3, {})).total, 19900 + 2 * 39900)
  t.equal(t.price(pay(1, { units_member = 1 })).total, 39900)
end)
