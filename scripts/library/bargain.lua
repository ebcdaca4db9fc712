-- Bargain: friends help to bring the price of a suitcase down, never below 150.00.
promotion {
  id = "suitcase-bargain",
  name = { en = "Bargain: suitcase", zh = "砍价行李箱" },
  where = { sku = "SUITCASE" },
  bargain = { floor = 15000 },
}

test("what the friends took off, not below the floor", function(t)
  local suitcase = { sku = "SUITCASE", unit_price = 25900 }
  local function pay(amount)
    local voucher = { rule = "suitcase-bargain", joined = 4, amount = amount }
    return t.price { only = { "suitcase-bargain" }, vouchers = { voucher }, lines = { suitcase } }.total
  end
  t.equal(pay(4000), 21900)
  t.equal(pay(20000), 15000)
end)
