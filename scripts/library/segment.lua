-- A welcome back: members of the segment "sleeping" (the shop puts them there) get 20.00 off from 100.00 on, once each.
promotion {
  id = "welcome-back",
  name = { en = "Welcome back: 20.00 off", zh = "好久不见立减20元" },
  lane = "member",
  segment = "sleeping",
  min_total = 10000,
  amount = 2000,
  limit = { member = 1 },
}

test("once for each member of the segment", function(t)
  local line = { sku = "A", unit_price = 15000 }
  t.equal(t.price { only = { "welcome-back" }, segments = { "sleeping" }, lines = { line } }.discount, 2000)
  t.equal(t.price { only = { "welcome-back" }, lines = { line } }.discount, 0)
  local used = { ["welcome-back"] = { member = 1 } }
  local again = t.price { only = { "welcome-back" }, segments = { "sleeping" }, used = used, lines = { line } }
  t.equal(again.discount, 0)
  t.equal(again.outcomes["welcome-back"], "limit")
end)
