-- Three packets of tea for the price of two; the cheapest of each three is free.
promotion {
  id = "tea-3-for-2",
  name = { en = "Tea: 3 for 2", zh = "茶叶买三付二" },
  where = { category = "tea" },
  buy = 3,
  pay = 2,
}
