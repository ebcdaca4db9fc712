-- The three rules of the checkout bench.
promotion {
    id = "shirt-second-free",
    name = { en = "Two shirts, pay one" },
    where = { category = "shirt" },
    buy = 2, pay = 1,
}

promotion {
    id = "gold-10",
    name = { en = "Gold members 10 %" },
    lane = "member", priority = 10,
    member = "gold",
    percent = 10,
}

promotion {
    id = "cart-200",
    name = { en = "5 % from 200.00" },
    lane = "member", priority = 20,
    min_total = 20000,
    percent = 5,
}
