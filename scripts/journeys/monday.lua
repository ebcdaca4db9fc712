-- The tea of the week is 10 % cheaper on Mondays: the price list itself is changed at these times. Rules may not change prices
-- unless the owner lets them: give the role "script" the permission catalog.write first.
local article, full, reduced = "TEA-WEEK", 4000, 3600

local function price(shop, amount)
  local now, why = shop.query("catalog.product.get", { sku = article })
  if now and now.product.price ~= amount then
    shop.run("catalog.product.put", { sku = article, price = amount })
  end
end

every("monday 06:00", function(now, shop)
  price(shop, reduced)
end)

every("tuesday 06:00", function(now, shop)
  price(shop, full)
end)

test("the tea of the week is cheaper on Mondays", function(t)
  t.given("catalog.product.get", { product = { price = 4000 } })
  local asked = t.tick("2026-01-05 06:00")
  t.equal(#asked, 1)
  t.equal(asked[1].input.price, 3600)
  t.equal(#t.tick("2026-01-06 06:00"), 0, "it costs its full price already")
end)
