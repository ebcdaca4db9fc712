-- House and garden.
local bunting = {
  "21621", "22087", "22088", "22089", "22090", "22498", "22499", "22668", "22669", "23298", "23313", "23597",
  "23598", "47566", "47566B", "47566b", "47589", "47590A", "47590B", "47590b",
}
-- Bunting in spring and summer: for every 50.00 of it 5.00 off.
promotion {
  id = "bunting-every-50",
  name = { en = "Bunting: 5.00 off every 50.00", zh = "彩旗每满50减5" },
  where = { sku = bunting },
  from = "2011-04-01",
  to = "2011-08-31",
  spend = 50000,
  save = 5000,
  repeats = true,
}

local signs = {
  "21164", "21165", "21166", "21169", "21171", "21172", "21174", "21175", "21179", "21181", "21757", "21770",
  "21903", "21904", "21905", "21907", "21908", "21910", "21911", "22115", "22116", "22117", "22412", "22413",
  "23426", "82551", "82552", "82567", "82578", "82580", "82581", "82582", "82583", "82599", "82600", "82605",
  "82613A", "82613B", "82613C", "82613D", "82613a", "82613b", "82613c", "84924F", "85150",
}
-- Five metal signs for the price of four, the cheapest free.
promotion {
  id = "signs-5-for-4",
  name = { en = "Metal signs: 5 for 4", zh = "金属牌买五付四" },
  where = { sku = signs },
  buy = 5,
  pay = 4,
}

local clocks = {
  "22725", "22726", "22727", "22728", "22729", "22730",
}
-- Alarm clocks at 3.39 each from a dozen on.
promotion {
  id = "clocks-dozen",
  name = { en = "Alarm clocks: 3.39 by the dozen", zh = "闹钟整打3.39镑" },
  where = { sku = clocks },
  steps = { { pieces = 12, price = 3390 } },
}

local mats = {
  "20685", "21523", "21524", "21955", "22365", "22366", "22414", "22660", "22687", "22688", "22689", "22690",
  "22691", "22692", "23283", "23284", "48111", "48116", "48129", "48138", "48173C", "48173c", "48184",
  "48185", "48187", "48188", "48189", "48194",
}
-- Doormats on Thursdays: 10 % off.
promotion {
  id = "doormat-thursday",
  name = { en = "Doormat Thursday: 10 % off", zh = "周四门垫九折" },
  where = { sku = mats },
  weekday = "thu",
  percent = 10,
}

local bottles = {
  "21479", "21481", "21484", "21485", "21486", "21488", "22110", "22111", "22112", "22113", "22114", "22125",
  "22835", "22837", "23355", "23356", "23357", "23358", "84029G", "84030E", "84030e", "84031A", "84031B",
  "84031a", "84031b", "84032A", "84032B",
}
-- Hot water bottles when it is cold: 12 % off from December to February, until 500.00 are given away.
promotion {
  id = "warm-winter",
  name = { en = "Hot water bottles: 12 % off", zh = "热水袋八八折" },
  where = { sku = bottles },
  from = "2010-12-01",
  to = "2011-02-28",
  percent = 12,
  limit = { budget = 500000 },
}

-- The heart and the bird: together 4.00 instead of 4.64.
promotion {
  id = "heart-and-bird",
  name = { en = "Heart and bird for 4.00", zh = "心形灯与小鸟4镑" },
  bundle = {
    price = 4000,
    { where = { sku = "85123A" }, pieces = 1 },
    { where = { sku = "84879" }, pieces = 1 },
  },
}

test("two full 50.00", function(t)
  local flags = { sku = "47566", unit_price = 4950, qty = 24000 }
  t.equal(t.price { only = { "bunting-every-50" }, at = "2011-05-02 10:00", lines = { flags } }.discount, 10000)
end)

test("on Thursdays only", function(t)
  local mat = { sku = "48185", unit_price = 7950 }
  t.equal(t.price { only = { "doormat-thursday" }, at = "2011-03-03 10:00", lines = { mat } }.discount, 795)
  t.equal(t.price { only = { "doormat-thursday" }, at = "2011-03-04 10:00", lines = { mat } }.discount, 0)
end)

test("a heart and a bird", function(t)
  local heart = { sku = "85123A", unit_price = 2950, qty = 2000 }
  local bird = { sku = "84879", unit_price = 1690 }
  t.equal(t.price { only = { "heart-and-bird" }, lines = { heart, bird } }.total, 6950)
end)
