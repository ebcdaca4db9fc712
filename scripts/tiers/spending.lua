-- Silver from 2,000.00 spent, gold from 10,000.00 and at least ten purchases; what came back counts no more.
-- A tier that somebody gave by hand stays as it is.
tier {
  code = "silver",
  rank = 1,
  name = { en = "Silver", zh = "银卡" },
  when = function(member)
    return member.spent_minor >= 200000
  end,
}

tier {
  code = "gold",
  rank = 2,
  name = { en = "Gold", zh = "金卡" },
  when = function(member)
    return member.spent_minor >= 1000000 and member.orders >= 10
  end,
}

test("spending makes silver, spending often makes gold", function(t)
  t.equal(t.tier("silver", { spent_minor = 199999, orders = 50 }), false)
  t.equal(t.tier("silver", { spent_minor = 200000, orders = 1 }), true)
  t.equal(t.tier("gold", { spent_minor = 1000000, orders = 9 }), false)
  t.equal(t.tier("gold", { spent_minor = 1000000, orders = 10 }), true)
end)
