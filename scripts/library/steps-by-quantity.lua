-- The more the cheaper: from 3 notebooks on 5 % off, from 6 on 10 %, from 12 on 15 %.
promotion {
  id = "notebooks-more",
  name = { en = "Notebooks: the more the cheaper", zh = "笔记本多买多省" },
  where = { category = "notebooks" },
  steps = {
    { pieces = 3, percent = 5 },
    { pieces = 6, percent = 10 },
    { pieces = 12, percent = 15 },
  },
}

test("the highest step that is reached counts for all pieces", function(t)
  local function pay(pieces)
    local line = { sku = "N", category = "notebooks", unit_price = 1000, qty = pieces * 1000 }
    return t.price { only = { "notebooks-more" }, lines = { line } }.total
  end
  t.equal(pay(2), 2000)
  t.equal(pay(3), 2850)
  t.equal(pay(6), 5400)
  t.equal(pay(12), 10200)
end)
