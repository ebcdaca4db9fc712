-- Tags of a shop for skin care: what is asked again and again, and ways through the pages.

-- Asks three times in 90 days whether something is fit for sensitive skin.
tag {
  code = "sensitive-skin",
  name = { en = "Sensitive skin", zh = "敏感肌" },
  when = function(customer)
    local times = customer.asked("sensitive-skin", 90)
    return times >= 3, "asked " .. times .. " times about sensitive skin in 90 days"
  end,
}

-- From sunscreen to primer in one visit, within half an hour.
tag {
  code = "sun-then-primer",
  name = { en = "From sunscreen to primer", zh = "防晒到妆前" },
  path = { "page:sunscreen", "page:primer" },
  within_minutes = 30,
  days = 14,
}

test("who asks three times about sensitive skin has it", function(t)
  local asked = { "ask", "sensitive-skin", days_ago = 3 }
  t.equal(t.tag("sensitive-skin", { did = { asked, asked } }), false)
  local yes, why = t.tag("sensitive-skin", { did = { asked, asked, asked } })
  t.ok(yes)
  t.equal(why, "asked 3 times about sensitive skin in 90 days")
  t.equal(t.tag("sensitive-skin", { did = { asked, asked, { "ask", "sensitive-skin", days_ago = 91 } } }), false)
end)

test("the way from sunscreen to primer counts in that order and in one visit", function(t)
  local sun, primer = { "page", "sunscreen", minutes_ago = 20 }, { "page", "primer", minutes_ago = 10 }
  t.ok(t.tag("sun-then-primer", { did = { sun, primer } }))
  t.equal(t.tag("sun-then-primer", { did = { { "page", "primer", minutes_ago = 20 }, { "page", "sunscreen", minutes_ago = 10 } } }), false)
  t.equal(t.tag("sun-then-primer", { did = { sun, { "page", "primer", minutes_ago = 10, session = "other" } } }), false)
  t.equal(t.tag("sun-then-primer", { did = { { "page", "sunscreen", minutes_ago = 50 }, primer } }), false)
end)
