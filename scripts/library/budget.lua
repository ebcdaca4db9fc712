-- A campaign that the supplier pays: 10 % off brand "Aurora", until 50,000.00 are given away, at most 1,000.00 a day.
promotion {
  id = "aurora-campaign",
  name = { en = "Aurora: 10 % off", zh = "极光品牌九折" },
  where = { brand = "aurora" },
  percent = 10,
  limit = { budget = 5000000, budget_day = 100000 },
}

test("the last sale gets what is left of the budget", function(t)
  local lamp = { sku = "LAMP", brand = "aurora", unit_price = 20000 }
  t.equal(t.price { only = { "aurora-campaign" }, lines = { lamp } }.discount, 2000)
  local nearly = { ["aurora-campaign"] = { budget = 4999500 } }
  t.equal(t.price { only = { "aurora-campaign" }, used = nearly, lines = { lamp } }.discount, 500)
end)
