-- Double points on coffee, and 50 points more for who buys for 100.00.
promotion {
  id = "coffee-double",
  name = { en = "Coffee: double points", zh = "咖啡双倍积分" },
  where = { category = "coffee" },
  member = true,
  points_times = 2,
}

promotion {
  id = "bonus-50",
  name = { en = "50 points extra", zh = "额外50积分" },
  member = true,
  min_total = 10000,
  points = 50,
}

test("points cost nothing at the till", function(t)
  local got = t.price {
    only = { "coffee-double", "bonus-50" },
    member = "mem_00000000000000000000000001",
    tier = "basic",
    lines = { { sku = "BEANS", category = "coffee", unit_price = 12000 } },
  }
  t.equal(got.total, 12000)
  t.equal(got.outcomes["coffee-double"], "applied")
  t.equal(got.outcomes["bonus-50"], "applied")
end)
