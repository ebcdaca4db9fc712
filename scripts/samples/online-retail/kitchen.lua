-- Kitchen and table.
-- The cake stand at 10.95 instead of 12.75 for whoever takes at least four.
promotion {
  id = "cakestand-four",
  name = { en = "Cake stand: 10.95 from four on", zh = "蛋糕架四件起10.95镑" },
  where = { sku = "22423" },
  min_qty = 4000,
  price = 10950,
}

local teacups = {
  "22697", "22698", "22699",
}
-- Three different Regency teacups or more: 8 % off all of them.
promotion {
  id = "teacups-8",
  name = { en = "Regency teacups: 8 % off", zh = "摄政茶杯九二折" },
  where = { sku = teacups },
  min_qty = 3000,
  percent = 8,
}

local cake_tins = {
  "21217", "22720", "22721", "23245",
}
local cake_cases = {
  "21212", "21213", "21215", "21975", "21976", "21977", "22417", "22951", "22952", "22955", "22956", "23307",
  "23308", "23309", "84989A", "84989a", "84990", "84991", "84992",
}
-- With every set of cake tins two packs of cake cases at half price.
promotion {
  id = "tins-and-cases",
  name = { en = "Cake cases half price with tins", zh = "买蛋糕罐纸杯半价" },
  where = { sku = cake_tins },
  pieces = 1,
  get = { where = { sku = cake_cases }, pieces = 2, percent = 50 },
}

-- Kitchen scales at 7.50 each; what comes off one order ends at 10.00.
promotion {
  id = "scales-750",
  name = { en = "Kitchen scales: 7.50", zh = "厨房秤7.50镑" },
  where = { sku = "22624" },
  price = 7500,
  max_off = 10000,
}

local napkins = {
  "21038", "21078", "21080", "21082", "21989", "22613", "22851", "22907", "22908", "22909", "84520B",
}
-- The second pack of napkins is half price.
promotion {
  id = "napkins-second-half",
  name = { en = "Napkins: second pack half price", zh = "餐巾第二包半价" },
  where = { sku = napkins },
  nth = 2,
  percent = 50,
}

test("from four cake stands on", function(t)
  local function pay(pieces)
    local stand = { sku = "22423", unit_price = 12750, qty = pieces * 1000 }
    return t.price { only = { "cakestand-four" }, lines = { stand } }.total
  end
  t.equal(pay(3), 38250)
  t.equal(pay(4), 43800)
end)

test("two packs of cases for each set of tins", function(t)
  local tins = { sku = "22720", unit_price = 4950 }
  local cases = { sku = "21212", unit_price = 550, qty = 3000 }
  t.equal(t.price { only = { "tins-and-cases" }, lines = { tins, cases } }.discount, 550)
end)
