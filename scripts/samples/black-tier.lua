-- A tier that cannot be bought: who comes often, takes part in different classes and brings friends along.
-- It is kept for half a year once it is reached, and for a month when it is lost. Its members have a clerk of their own, are packed
-- first and as a gift, pay by the list "black", and may buy the cup that nobody else sees.
tier {
  code = "black",
  rank = 9,
  name = { en = "Black diamond", zh = "黑钻" },
  needs = {
    { "visits", days = 90, at_least = 10 },
    { "class:*", distinct = true, at_least = 2, name = { en = "kinds of class", zh = "种课程" } },
    any = { { "referrals", at_least = 3 }, { "reviews", days = 365, at_least = 12 } },
  },
  keep_days = 182,
  grace_days = 30,
  grants = { clerk = true, pick_priority = 90, packing = "gift", price_list = "black", unlock = { "CUP-BLACK" } },
}

test("visits, classes and friends, not spending", function(t)
  local visits = { "visits", days_ago = { 1, 8, 15, 22, 29, 36, 43, 50, 57, 64 } }
  local classes = { { "class:latte-art", days_ago = 20 }, { "class:cupping", days_ago = 40 } }
  local friends = { "referrals", days_ago = 100, delta = 3 }
  t.equal(t.tier("black", { spent_minor = 99999999 }), false, "spending alone")
  t.equal(t.tier("black", { entries = { visits, classes[1], friends } }), false, "one kind of class")
  t.equal(t.tier("black", { entries = { visits, classes[1], classes[2], friends } }), true)
  local reviews = { "reviews", days_ago = { 1, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330 } }
  t.equal(t.tier("black", { entries = { visits, classes[1], classes[2], reviews } }), true, "reviews will do as well")
end)

test("it is kept for a while", function(t)
  local quiet = { tier = "black", at = "2026-09-01", since = "2026-04-01" }
  t.equal(t.tier_of(quiet), "black", "for half a year from when it was reached")
  quiet.since = "2026-01-01"
  quiet.lost = "2026-08-15"
  t.equal(t.tier_of(quiet), "black", "for a month from when it was lost")
  quiet.lost = "2026-07-15"
  t.equal(t.tier_of(quiet), "basic")
end)
