-- Spend more, save more, over the whole cart: 200.00 saves 20.00, 500.00 saves 80.00.
promotion {
  id = "spend-more",
  name = { en = "Spend more, save more", zh = "满额立减" },
  lane = "basket",
  steps = {
    { spend = 20000, amount = 2000 },
    { spend = 50000, amount = 8000 },
  },
}

test("one step counts, not both", function(t)
  local function off(total)
    return t.price { only = { "spend-more" }, lines = { { sku = "A", unit_price = total } } }.discount
  end
  t.equal(off(19999), 0)
  t.equal(off(20000), 2000)
  t.equal(off(60000), 8000)
end)
