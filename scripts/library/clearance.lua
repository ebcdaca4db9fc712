-- Clearance: half price on last year's goods, also below what they cost, but nothing else on top in this lane.
promotion {
  id = "clearance-half",
  name = { en = "Clearance: half price", zh = "清仓五折" },
  where = { tag = "last-year" },
  except = { brand = "aurora" },
  percent = 50,
  exclusive = true,
  below_cost = true,
}

test("half price, not for the brand that is excepted", function(t)
  local old = { sku = "OLD", tags = { "last-year" }, unit_price = 8000, cost = 6000 }
  local kept = { sku = "KEPT", tags = { "last-year" }, brand = "aurora", unit_price = 8000 }
  local got = t.price { only = { "clearance-half" }, lines = { old, kept } }
  t.equal(got.lines[1].total, 4000)
  t.equal(got.lines[2].total, 8000)
end)
