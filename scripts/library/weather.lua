-- When it rains (the till or the web shop is told so), hot drinks are 2.00 cheaper each.
promotion {
  id = "rainy-day",
  name = { en = "Rainy day: hot drinks", zh = "雨天热饮优惠" },
  facts = { weather = "rain" },
  lane = "item",
  offers = function(cart)
    local offers = {}
    for _, line in ipairs(cart.lines) do
      if table.has(line.tags, "hot") and line.unit == "piece" then
        table.insert(offers, { amount = 200 * (line.qty // 1000), lines = { { line = line.line } } })
      end
    end
    return offers
  end,
}

test("only in the rain", function(t)
  local latte = { sku = "L", tags = { "hot" }, unit_price = 2800, qty = 2000 }
  t.equal(t.price { only = { "rainy-day" }, facts = { weather = "rain" }, lines = { latte } }.discount, 400)
  t.equal(t.price { only = { "rainy-day" }, facts = { weather = "sun" }, lines = { latte } }.discount, 0)
end)
