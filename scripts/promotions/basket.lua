-- From 200.00 on, 5 % off everything. min_total is in the smallest unit: 20000 fen are 200.00 yuan.
promotion {
  id = "spend-200",
  name = { en = "From 200: 5 % off", zh = "满200元享95折" },
  lane = "basket",
  min_total = 20000,
  percent = 5,
}
