-- A coupon with a code of its own for each customer (promotions.coupon.issue, promotions.batch.make): 15.00 off shoes.
promotion {
  id = "shoe-voucher",
  name = { en = "Shoe voucher: 15.00", zh = "鞋券15元" },
  where = { category = "shoes" },
  coupon = true,
  amount = 1500,
}

test("only with an issued coupon for this promotion", function(t)
  local shoes = { sku = "SHOE", category = "shoes", unit_price = 9900 }
  t.equal(t.price { only = { "shoe-voucher" }, vouchers = { "shoe-voucher" }, lines = { shoes } }.total, 8400)
  t.equal(t.price { only = { "shoe-voucher" }, lines = { shoes } }.total, 9900)
end)
