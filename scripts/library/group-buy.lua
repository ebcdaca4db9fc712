-- Buy together: three members who join one group (promotions.group.open, promotions.group.join) pay 89.00 each.
promotion {
  id = "blanket-together",
  name = { en = "Together: blanket 89.00", zh = "三人拼团毛毯89元" },
  where = { sku = "BLANKET" },
  group_buy = { size = 3, price = 8900 },
}

test("when the group is full", function(t)
  local blanket = { sku = "BLANKET", unit_price = 12900 }
  local full = { { rule = "blanket-together", joined = 3 } }
  local open = { { rule = "blanket-together", joined = 2 } }
  t.equal(t.price { only = { "blanket-together" }, vouchers = full, lines = { blanket } }.total, 8900)
  t.equal(t.price { only = { "blanket-together" }, vouchers = open, lines = { blanket } }.misses["blanket-together"], "group_open")
end)
