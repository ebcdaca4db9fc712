-- Less waste: yoghurt that expires within three days is 20 % cheaper, within two 40 %, on its last day 60 %.
-- The till knows the day from the lot in the barcode.
promotion {
  id = "fresh-ladder",
  name = { en = "Soon to expire", zh = "临期折扣" },
  where = { category = "dairy" },
  expiry = {
    { days = 3, percent = 20 },
    { days = 2, percent = 40 },
    { days = 1, percent = 60 },
  },
}

test("by the days that are left", function(t)
  local function pay(expires)
    local line = { sku = "YOG", category = "dairy", unit_price = 1000, lot = "L1", expires = expires }
    return t.price { only = { "fresh-ladder" }, at = "2026-01-05 12:00", lines = { line } }.total
  end
  t.equal(pay("2026-01-20"), 1000)
  t.equal(pay("2026-01-08"), 800)
  t.equal(pay("2026-01-07"), 600)
  t.equal(pay("2026-01-06"), 400)
end)
