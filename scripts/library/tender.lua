-- Who pays with the shop's own gift card gets 2 % off.
promotion {
  id = "pay-by-gift-card",
  name = { en = "Gift card: 2 % off", zh = "礼品卡支付九八折" },
  lane = "basket",
  tender = "gift_card",
  percent = 2,
}

test("the way of paying decides", function(t)
  local line = { sku = "A", unit_price = 10000 }
  t.equal(t.price { only = { "pay-by-gift-card" }, tenders = { "gift_card" }, lines = { line } }.discount, 200)
  t.equal(t.price { only = { "pay-by-gift-card" }, tenders = { "cash" }, lines = { line } }.misses["pay-by-gift-card"], "tender")
end)
