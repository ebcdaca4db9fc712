-- What customers do tells what they want. A tag is set behind each event about a customer, with its reason, and dropped as soon as the
-- rule is true no longer. Only customers who agreed to personalisation have any.

-- Three minutes and more before one page in a month: she is interested, and has not bought yet.
tag {
  code = "browsing-long",
  name = { en = "Looks long", zh = "停留较久" },
  when = function(customer)
    local minutes = customer.dwell("page", nil, 30) // 60000
    return minutes >= 3 and customer.count("orders", 30) == 0,
           "looked at pages for " .. minutes .. " minutes and bought nothing in 30 days"
  end,
}

-- Buys mostly on offer: a fifth of what she would have paid was taken off.
tag {
  code = "likes-offers",
  name = { en = "Buys on offer", zh = "促销敏感" },
  when = function(customer)
    local share = customer.score("promotion_ppm")
    if share == nil then return false end
    return share >= 200000 and customer.count("orders") >= 3, "a share of " .. share // 10000 .. " % was taken off"
  end,
}

-- May not come again: she bought more than once, and stands low among all by recency, frequency and money.
tag {
  code = "may-leave",
  name = { en = "May not come again", zh = "流失风险" },
  when = function(customer)
    local risk = customer.score("churn_ppm")
    if risk == nil then return false end
    return risk >= 700000 and customer.count("orders") >= 2 and customer.count("orders", 90) == 0,
           "risk " .. risk // 10000 .. " %, nothing bought for 90 days"
  end,
}

test("who looks long and buys nothing is interested", function(t)
  local looked = { { "page", "sunscreen", minutes_ago = 60, dwell_ms = 200000 } }
  t.ok(t.tag("browsing-long", { did = looked }))
  t.equal(t.tag("browsing-long", { did = { { "page", "sunscreen", dwell_ms = 170000 } } }), false)
  t.equal(t.tag("browsing-long", { did = looked, entries = { { "orders", days_ago = 2 } } }), false)
end)

test("offers and risk follow the scores", function(t)
  local often = { { "orders", days_ago = { 100, 120, 150 } } }
  t.ok(t.tag("likes-offers", { scores = { promotion_ppm = 250000 }, entries = often }))
  t.equal(t.tag("likes-offers", { scores = { promotion_ppm = 100000 }, entries = often }), false)
  t.equal(t.tag("likes-offers", {}), false)
  t.ok(t.tag("may-leave", { scores = { churn_ppm = 800000 }, entries = often }))
  t.equal(t.tag("may-leave", { scores = { churn_ppm = 800000 }, entries = { { "orders", days_ago = { 3, 100 } } } }), false)
end)
