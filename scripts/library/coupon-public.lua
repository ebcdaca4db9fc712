-- A word on a poster: whoever says SPRING at the till gets 10 % off, at most 30.00.
promotion {
  id = "spring-word",
  name = { en = "SPRING: 10 % off", zh = "口令SPRING九折" },
  lane = "coupon",
  coupon = "SPRING",
  percent = 10,
  max_off = 3000,
}

test("the word is needed, capitals or not", function(t)
  local line = { sku = "A", unit_price = 20000 }
  t.equal(t.price { only = { "spring-word" }, coupons = { "spring" }, lines = { line } }.discount, 2000)
  local without = t.price { only = { "spring-word" }, lines = { line } }
  t.equal(without.discount, 0)
  t.equal(without.misses["spring-word"], "coupon")
end)
