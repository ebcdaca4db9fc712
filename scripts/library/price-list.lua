-- Member prices: a list of articles with prices of their own for everybody who has joined.
promotion {
  id = "member-prices",
  name = { en = "Member price", zh = "会员价" },
  member = true,
  prices = {
    ["TEA-GREEN"] = 4500,
    ["TEA-BLACK"] = 3900,
    ["HONEY"] = 2800,
  },
}

test("members pay the member price, guests do not", function(t)
  local tea = { sku = "TEA-GREEN", unit_price = 5200 }
  t.equal(t.price { only = { "member-prices" }, tier = "basic", member = "mem_00000000000000000000000001", lines = { tea } }.total, 4500)
  local guest = t.price { only = { "member-prices" }, lines = { tea } }
  t.equal(guest.total, 5200)
  t.equal(guest.misses["member-prices"], "member")
end)
