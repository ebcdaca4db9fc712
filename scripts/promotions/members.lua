-- Gold members pay 10 % less, after all other offers.
promotion {
  id = "gold-10",
  name = { en = "Gold members: 10 % off", zh = "金卡会员九折" },
  lane = "member",
  member = "gold",
  percent = 10,
}
