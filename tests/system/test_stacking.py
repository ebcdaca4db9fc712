"""How offers go together in a shop: the setting, and what each mode makes of the same rules."""

import unittest

import merx
from sales import OrdersTest

RULES = """
promotion { id = "shirts", lane = "item", where = {tag = "shirt"}, buy = 2, pay = 1 }
promotion { id = "three", lane = "item", where = {tag = "shirt"}, buy = 3, pay = 1 }
promotion { id = "tenth", lane = "item", where = {tag = "shirt"}, percent = 10 }
promotion { id = "loyal", lane = "member", percent = 50 }
"""
DEFAULT = {"lanes": [], "keep_cost": False, "max_share_ppm": 0, "rev": 0}


def item(mode):
    return {"lanes": [{"lane": "item", "mode": mode}]}


class Stacking(OrdersTest):
    rules = RULES

    def put(self, **body):
        return self.shop.ok("promotions.stacking.put", body)["stacking"]

    def price(self, qty, **stacking):
        """Quote of so many shirts -> (discount by rule, total)."""
        self.put(**{"lanes": [], "keep_cost": False, "max_share_ppm": 0, **stacking})
        quote = self.quote(("SHIRT", qty))
        return {one["rule"]: one["amount"] for one in quote["discounts"]}, quote["total"]

    def test_the_setting(self):
        first = self.shop.ok("promotions.stacking.get")["stacking"]
        if first["rev"] == 0:
            self.assertEqual(first, DEFAULT)
        put = self.put(lanes=[{"lane": "member", "mode": "best"}, {"lane": "item", "mode": "priority"}], max_share_ppm=600000)
        self.assertEqual(put["lanes"], [{"lane": "member", "mode": "best"}, {"lane": "item", "mode": "priority"}])
        self.assertEqual(put["rev"], first["rev"] + 1)
        self.assertEqual(self.put(keep_cost=True, if_rev=put["rev"]), {**put, "keep_cost": True, "rev": put["rev"] + 1})
        self.assertEqual(self.shop.ok("promotions.stacking.get")["stacking"], {**put, "keep_cost": True, "rev": put["rev"] + 1})
        self.refused(409, "conflict", "if_rev", "promotions.stacking.put", {"keep_cost": False, "if_rev": put["rev"]})
        twice = {"lanes": [{"lane": "item", "mode": "best"}, {"lane": "item", "mode": "combine"}]}
        self.refused(400, "bad_input", "lanes", "promotions.stacking.put", twice)
        self.refused(400, "out_of_range", "max_share_ppm", "promotions.stacking.put", {"max_share_ppm": 1000001})
        self.refused(403, "forbidden", None, "promotions.stacking.put", {"keep_cost": True}, key=self.cashier)
        self.assertEqual(self.shop.ok("promotions.stacking.get")["stacking"]["rev"], put["rev"] + 1)

    def test_combining_offers_share_the_pieces(self):
        """Feature S2-16: five shirts at 60.00: a group of two and a group of three, then 10 % and 50 % of what is left."""
        discounts, total = self.price(5000)
        self.assertEqual(discounts, {"shirts": 6000, "three": 12000, "tenth": 1200, "loyal": 5400})
        self.assertEqual(total, 5400)

    def test_the_best_offer_for_each_unit(self):
        """Feature S2-16: four shirts: three for one and 10 % off the fourth beat two times two for one."""
        discounts, total = self.price(4000, **item("best"))
        self.assertEqual(discounts, {"three": 12000, "tenth": 600, "loyal": 5700})
        self.assertEqual(total, 5700)

    def test_one_offer_of_the_lane(self):
        discounts, total = self.price(5000, **item("exclusive"))
        self.assertEqual(discounts, {"shirts": 12000, "loyal": 9000})
        self.assertEqual(total, 9000)

    def test_first_come_first_served(self):
        discounts, total = self.price(5000, **item("priority"))
        self.assertEqual(discounts, {"shirts": 12000, "tenth": 600, "loyal": 8700})
        self.assertEqual(total, 8700)

    def test_lanes_in_the_shops_own_order(self):
        """The half for everyone first: the offers of the lane item work on what that left."""
        discounts, total = self.price(2000, lanes=[{"lane": "member", "mode": "combine"}])
        self.assertEqual(discounts, {"loyal": 6000, "shirts": 3000, "tenth": 300})
        self.assertEqual(total, 2700)

    def test_no_more_than_a_share(self):
        """At most 60 % off a unit: two for one, 10 % and 50 % together would be 77.5 %."""
        discounts, total = self.price(2000, max_share_ppm=600000)
        self.assertEqual(discounts, {"shirts": 6000, "tenth": 600, "loyal": 600})
        self.assertEqual(total, 4800)

    def test_a_sale_is_priced_by_the_setting_and_says_so(self):
        self.price(4000, **item("best"))
        order = self.place(("SHIRT", 4000))["order"]
        self.assertEqual(order["total"], 5700)
        trace = self.shop.ok("orders.trace.get", {"id": order["id"]})["trace"]
        self.assertEqual(trace["stacking"]["lanes"], item("best")["lanes"])
        self.assertEqual([(proof["lane"], proof["optimal"]) for proof in trace["proofs"]], [("item", True)])
        self.verified()

    def refused(self, status, code, field, op, body, **more):
        got, answer = self.shop.call(op, body, **more)
        self.assertEqual((got, answer.get("code"), answer.get("field")), (status, code, field), answer)


if __name__ == "__main__":
    unittest.main()
