-- Two offers for the same basket of which only the better one applies: they share a `group`.
promotion {
  id = "picnic-percent",
  name = { en = "Picnic: 10 % off", zh = "野餐九折" },
  where = { tag = "picnic" },
  group = "picnic",
  percent = 10,
}
promotion {
  id = "picnic-amount",
  name = { en = "Picnic: 12.00 off", zh = "野餐立减12元" },
  where = { tag = "picnic" },
  lane = "item",
  group = "picnic",
  amount = 1200,
}

test("the customer gets the better one", function(t)
  local function outcome(amount)
    local line = { sku = "P", tags = { "picnic" }, unit_price = amount }
    return t.price { only = { "picnic-percent", "picnic-amount" }, lines = { line } }
  end
  t.equal(outcome(8000).discount, 1200)
  t.equal(outcome(20000).discount, 2000)
  t.equal(outcome(20000).outcomes["picnic-amount"], "lost_group")
end)
