-- From the first of November, eight in the evening, to the end of the eleventh: 12 % off, in the web shop and the app only.
promotion {
  id = "double-eleven",
  name = { en = "Singles' Day: 12 % off", zh = "双十一八八折" },
  channel = { "web", "app" },
  from = "2026-11-01 20:00",
  to = "2026-11-11",
  percent = 12,
}

test("to the last minute of the last day", function(t)
  local function off(at, channel)
    local cart = { only = { "double-eleven" }, at = at, channel = channel, lines = { { sku = "A", unit_price = 10000 } } }
    return t.price(cart).discount
  end
  t.equal(off("2026-11-01 19:59", "web"), 0)
  t.equal(off("2026-11-01 20:00", "web"), 1200)
  t.equal(off("2026-11-11 23:59", "app"), 1200)
  t.equal(off("2026-11-12 00:00", "app"), 0)
  t.equal(off("2026-11-05 12:00", "till"), 0)
end)
