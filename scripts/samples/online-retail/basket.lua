-- The whole order.
-- Spend more, save more: 400.00 saves 10.00, 800.00 saves 30.00, 2,000.00 saves 100.00.
promotion {
  id = "order-steps",
  name = { en = "Large orders save", zh = "大额订单立减" },
  lane = "basket",
  steps = {
    { spend = 400000, amount = 10000 },
    { spend = 800000, amount = 30000 },
    { spend = 2000000, amount = 100000 },
  },
}

-- Early Monday: orders before ten o'clock on Mondays are 2 % cheaper, once a day for each customer.
promotion {
  id = "early-monday",
  name = { en = "Early Monday: 2 % off", zh = "周一早间九八折" },
  lane = "basket",
  priority = 200,
  weekday = "mon",
  hours = "00:00-10:00",
  percent = 2,
  limit = { member_day = 1 },
}

-- Postage is ours from 500.00 on (it is the article POST in this shop).
promotion {
  id = "postage-free",
  name = { en = "Free postage from 500.00", zh = "满500镑免邮" },
  lane = "basket",
  priority = 300,
  where = { sku = "POST" },
  min_total = 500000,
  percent = 100,
}

-- Customers who come back: from the tenth order on 1 % off, until 300.00 are given away.
promotion {
  id = "regulars",
  name = { en = "Regulars: 1 % off", zh = "老客户九九折" },
  lane = "member",
  member = true,
  when = function(cart)
    return (cart.counters.orders or 0) >= 9
  end,
  percent = 1,
  limit = { budget = 300000 },
}

test("one step of the order counts", function(t)
  t.equal(t.price { only = { "order-steps" }, lines = { { sku = "A", unit_price = 850000 } } }.discount, 30000)
end)

test("the tenth order and later", function(t)
  local line = { sku = "A", unit_price = 10000 }
  local member = "mem_00000000000000000000000001"
  t.equal(t.price { only = { "regulars" }, member = member, tier = "basic", counters = { orders = 9 }, lines = { line } }.discount, 100)
  t.equal(t.price { only = { "regulars" }, member = member, tier = "basic", counters = { orders = 8 }, lines = { line } }.discount, 0)
end)
