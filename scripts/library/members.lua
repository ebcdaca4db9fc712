-- Gold and platinum members pay 8 % less on everything, after all other offers, at most 50.00 on one purchase.
promotion {
  id = "upper-tiers",
  name = { en = "Gold and platinum: 8 % off", zh = "金卡铂金九二折" },
  lane = "member",
  member = { "gold", "platinum" },
  percent = 8,
  max_off = 5000,
}

test("8 % for gold, at most 50.00", function(t)
  local function off(tier, amount)
    return t.price { only = { "upper-tiers" }, tier = tier, lines = { { sku = "A", unit_price = amount } } }.discount
  end
  t.equal(off("gold", 10000), 800)
  t.equal(off("platinum", 100000), 5000)
  t.equal(off("silver", 10000), 0)
end)
