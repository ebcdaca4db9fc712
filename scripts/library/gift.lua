-- A gift: who spends 300.00 on skincare gets the small bag free. The till scans the bag like any other article.
promotion {
  id = "bag-gift",
  name = { en = "Free bag with skincare", zh = "护肤满300赠化妆包" },
  where = { category = "skincare" },
  spend = 30000,
  gift = { where = { sku = "SMALL-BAG" }, pieces = 1 },
}

test("the bag is free from 300.00 of skincare on", function(t)
  local bag = { sku = "SMALL-BAG", category = "bags", unit_price = 5900 }
  local rich = { sku = "CREAM", category = "skincare", unit_price = 32000 }
  local poor = { sku = "CREAM", category = "skincare", unit_price = 20000 }
  t.equal(t.price { only = { "bag-gift" }, lines = { rich, bag } }.total, 32000)
  t.equal(t.price { only = { "bag-gift" }, lines = { poor, bag } }.total, 25900)
end)
