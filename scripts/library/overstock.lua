-- Move what lies too long: 30 % off lots that expire within two days, where the store still has more than 8, not for
-- the staff segment, at most 500.00 a day.
promotion {
  id = "overstock",
  name = { en = "Today only: 30 % off", zh = "今日特惠七折" },
  lane = "item",
  limit = { budget_day = 50000 },
  when = function(cart)
    return not table.has(cart.segments, "staff")
  end,
  lines = function(line)
    return line.days_left ~= nil and line.days_left <= 2 and line.stock ~= nil and line.stock > 8000
  end,
  percent = 30,
}

test("stock, lot and customer are read in one look", function(t)
  local function off(stock, segments)
    local line = { sku = "Y", unit_price = 1000, stock = stock, lot = "L", expires = "2026-01-06" }
    return t.price { only = { "overstock" }, at = "2026-01-05 12:00", segments = segments, lines = { line } }.discount
  end
  t.equal(off(9000, {}), 300)
  t.equal(off(8000, {}), 0)
  t.equal(off(9000, { "staff" }), 0)
end)
