-- The new store's opening week: 5 % off, there and nowhere else.
promotion {
  id = "opening-week",
  name = { en = "Opening week: 5 % off", zh = "开业一周九五折" },
  location = "store-2",
  from = "2026-03-02",
  to = "2026-03-08",
  lane = "basket",
  percent = 5,
}

test("there and then", function(t)
  local line = { sku = "A", unit_price = 10000 }
  local there = { only = { "opening-week" }, location = "store-2", at = "2026-03-04 10:00", lines = { line } }
  local elsewhere = { only = { "opening-week" }, location = "store-1", at = "2026-03-04 10:00", lines = { line } }
  t.equal(t.price(there).discount, 500)
  t.equal(t.price(elsewhere).misses["opening-week"], "location")
end)
