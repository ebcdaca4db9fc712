-- A cup for 500 points, for everybody; a pot for 1,500, for those who come often.
reward {
  id = "tea-cup",
  name = { en = "A cup of the day's tea", zh = "今日茶一杯" },
  points = 500,
}

reward {
  id = "tea-pot",
  name = { en = "A pot to take home", zh = "茶壶一把" },
  points = 1500,
  when = function(member)
    return member.tier == "silver" or member.tier == "gold"
  end,
}

test("the pot is for silver and gold", function(t)
  t.ok(t.reward("tea-cup", { points = 0 }))
  t.equal(t.reward("tea-pot", { tier = "basic", points = 9000 }), false)
  t.equal(t.reward("tea-pot", { tier = "gold", points = 0 }), true)
end)
