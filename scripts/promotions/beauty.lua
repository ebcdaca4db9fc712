-- The second beauty article is half price: of each two, the cheaper one.
-- Whole pieces are paired from the dearest down, so that every second piece in that order is the cheaper of its pair.
local beauty = { "skincare", "makeup", "haircare", "bath" }

promotion {
  id = "beauty-second-half",
  name = { en = "Beauty: second one half price", zh = "美妆第二件半价" },
  lane = "item",
  priority = 200,
  offers = function(cart)
    local lines = {}
    for _, line in ipairs(cart.lines) do
      if line.unit == "piece" and not line.overridden and table.has(beauty, line.category) then
        table.insert(lines, line)
      end
    end

    local before, half_price = 0, {}
    lines = table.sort(lines, "unit_price") -- cheapest first
    for i = #lines, 1, -1 do
      local pieces = lines[i].qty // 1000
      local halved = (before + pieces) // 2 - before // 2
      if halved > 0 then
        table.insert(half_price, { line = lines[i].line, qty = halved * 1000 })
      end
      before = before + pieces
    end

    if #half_price == 0 then
      return nil
    end
    return { { kind = "percent", percent = 50, lines = half_price } }
  end,
}
