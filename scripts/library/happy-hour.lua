-- Weekdays from 14 to 17 o'clock, by the clock of the store: everything green 20 % off.
promotion {
  id = "happy-hour",
  name = { en = "Happy hour: 20 % off", zh = "欢乐时光八折" },
  where = { tag = "green" },
  weekday = { "mon", "tue", "wed", "thu", "fri" },
  hours = "14:00-17:00",
  percent = 20,
}

test("inside the hours, not outside, and it says why", function(t)
  local tea = { sku = "T", unit_price = 1000, tags = { "green" } }
  t.equal(t.price { only = { "happy-hour" }, at = "2026-01-05 14:00", lines = { tea } }.total, 800)
  t.equal(t.price { only = { "happy-hour" }, at = "2026-01-05 17:00", lines = { tea } }.misses["happy-hour"], "hours")
  t.equal(t.price { only = { "happy-hour" }, at = "2026-01-04 15:00", lines = { tea } }.misses["happy-hour"], "weekday")
end)
