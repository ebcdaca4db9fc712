-- Silver from 2,000.00 spent, gold from 10,000.00 and at least ten purchases; what came back counts no more.
-- A tier that somebody gave by hand stays as it is.
tier {
  code = "silver",
  rank = 1,
  name = { en = "Silver", zh = "银卡" },
  needs = { { "spent_minor", at_least = 200000 } },
}

tier {
  code = "gold",
  rank = 2,
  name = { en = "Gold", zh = "金卡" },
  needs = { { "spent_minor", at_least = 1000000 }, { "orders", at_least = 10 } },
  grants = { price_list = "gold", pick_priority = 50 },
}

test("spending makes silver, spending often makes gold", function(t)
  t.equal(t.tier("silver", { spent_minor = 199999, orders = 50 }), false)
  t.equal(t.tier("silver", { spent_minor = 200000, orders = 1 }), true)
  t.equal(t.tier("gold", { spent_minor = 1000000, orders = 9 }), false)
  t.equal(t.tier("gold", { spent_minor = 1000000, orders = 10 }), true)
end)

test("the app can say what is missing", function(t)
  local missing = t.missing("gold", { spent_minor = 1200000, orders = 7 })
  t.equal(missing, { { counter = "orders", needed = 10, have = 7, missing = 3 } })
end)
