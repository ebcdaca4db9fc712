-- With every printer one pack of ink at half price.
promotion {
  id = "printer-ink",
  name = { en = "Ink half price with a printer", zh = "买打印机墨盒半价" },
  where = { category = "printers" },
  pieces = 1,
  get = { where = { category = "ink" }, pieces = 1, percent = 50 },
}

test("one ink for each printer", function(t)
  local got = t.price { only = { "printer-ink" }, lines = {
    { sku = "PRN", category = "printers", unit_price = 80000 },
    { sku = "INK", category = "ink", unit_price = 9000, qty = 2000 },
  } }
  t.equal(got.discount, 4500)
end)
