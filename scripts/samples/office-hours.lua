-- Office workers' lunch: at noon on weekdays a warm drink with a bite costs 2.00 less.
promotion {
  id = "lunch",
  name = { en = "Lunch: drink and bite", zh = "午间套餐" },
  lane = "basket",
  priority = 50,
  offers = function(cart)
    if cart.date.weekday > 5 or cart.date.hour < 11 or cart.date.hour >= 14 then
      return nil
    end
    local drink, bite
    for _, line in ipairs(cart.lines) do
      if table.has(line.tags, "warm") then
        drink = drink or line
      elseif line.category == "bites" then
        bite = bite or line
      end
    end
    if not drink or not bite then
      return nil
    end
    return { { amount = 200, lines = { { line = drink.line, qty = 1000 }, { line = bite.line, qty = 1000 } } } }
  end,
}

test("a warm drink and a bite at noon", function(t)
  local tea = { sku = "TEA", unit_price = 900, tags = { "warm" } }
  local bun = { sku = "BUN", unit_price = 600, category = "bites" }
  local offers = t.offers("lunch", { at = "2026-01-05 12:30", lines = { tea, bun } })
  t.equal(#offers, 1)
  t.equal(offers[1].amount, 200)
  t.equal(#t.offers("lunch", { at = "2026-01-05 12:30", lines = { tea } }), 0, "no bite")
  t.equal(#t.offers("lunch", { at = "2026-01-04 12:30", lines = { tea, bun } }), 0, "on a Sunday")
end)
