-- The first purchase of 1,000.00 or more makes a guest of honour: "honour" is a tier given for good, as by hand.
on("orders.paid", function(event, shop)
  if not event.data.member or event.data.total < 100000 then
    return
  end
  local why = shop.query("membership.tier.explain", { member = event.data.member })
  if why and why.tier == "basic" then
    shop.run("membership.tier.put", { member = event.data.member, tier = "honour", reason = "a first large purchase" })
  end
end)

test("a large purchase of a basic member is honoured", function(t)
  t.given("membership.tier.explain", { tier = "basic" })
  local asked = t.fire("orders.paid", { order = "ord_1", member = "mem_1", total = 100000 })
  t.equal(#asked, 1)
  t.equal(asked[1].op, "membership.tier.put")
  t.equal(asked[1].input.tier, "honour")
end)

test("guests, small purchases and those who have a tier are left alone", function(t)
  t.given("membership.tier.explain", { tier = "gold" })
  t.equal(#t.fire("orders.paid", { order = "ord_1", total = 100000 }), 0)
  t.equal(#t.fire("orders.paid", { order = "ord_1", member = "mem_1", total = 99999 }), 0)
  t.equal(#t.fire("orders.paid", { order = "ord_1", member = "mem_1", total = 100000 }), 0)
end)
