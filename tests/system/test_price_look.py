"""S3-11a, S3-11b: what an article costs there and then and why, the promotions that touch it, and where else it is."""

import unittest

from sales import OrdersTest

RULES = """
promotion { id = "happy", where = { sku = "TEA" }, hours = "14:00-17:00", percent = 20, name = { en = "Happy hour" } }
promotion { id = "shirts", where = { tag = "shirt" }, buy = 2, pay = 1, name = { en = "2 for 1", zh = "买二付一" } }
promotion { id = "member", lane = "member", member = true, percent = 10, name = { en = "Members" } }
promotion { id = "store-2", location = "store-2", where = { sku = "TEA" }, amount = 100 }
promotion { id = "pens", where = { category = "pens" }, percent = 10 }
promotion { id = "next-day", from = "2026-01-08", where = { sku = "TEA" }, percent = 5 }
promotion { id = "in-summer", from = "2026-07-01", where = { sku = "TEA" }, percent = 5 }
promotion { id = "win-back", segment = "at-risk", where = { sku = "TEA" }, percent = 5 }
"""

# Wednesday 2026-01-07 in Asia/Shanghai
NOON = 1767758400000
AFTERNOON = NOON + 3 * 3600 * 1000


class PriceLook(OrdersTest):
    rules = RULES

    @classmethod
    def fill(cls):
        super().fill()
        test = cls()
        for place, pieces in (("store-2", 7), ("store-3", 40)):
            test.location(place)
            cls.shop.ok("inventory.receive", {"location": place, "lines": [{"sku": "TEA", "qty": pieces * 1000}]})

    def look(self, sku="TEA", **more):
        return self.shop.ok("orders.price.look", {"sku": sku, "location": "store-1", "channel": "till", **more})

    def test_price_promotions_and_stock(self):
        """S3-11a: store and SKU -> member price, promotions valid at that store, stock near by."""
        looked = self.look(at=AFTERNOON)
        self.assertEqual((looked["price"], looked["list_price"], looked["total"], looked["at"]), (1990, 1990, 1592, AFTERNOON))
        self.assertNotIn("price_reason", looked)
        rules = {rule["rule"]: rule for rule in looked["promotions"]}
        self.assertEqual(sorted(rules), ["happy", "member", "next-day"] + ["store-2"] * ("store-2" in rules))
        self.assertEqual((rules["happy"]["applies"], rules["happy"]["off"], rules["happy"]["text"]),
                         (True, 398, {"en": "took 3.98 off", "zh": "优惠 3.98"}))
        self.assertEqual((rules["member"]["applies"], rules["member"]["text"]["en"]), (False, "only for members"))
        self.assertEqual([(place["location"], place["on_hand"]) for place in looked["near"]], [("store-3", 40000), ("store-2", 7000)])
        self.assertEqual(looked["on_hand"], self.stock("TEA"))
        member = self.look(at=AFTERNOON, member=self.member)
        self.assertEqual(member["total"], 1592 - 159)

    def test_what_a_promotion_asks_for(self):
        rules = {rule["rule"]: rule for rule in self.look(at=NOON)["promotions"]}
        self.assertEqual((rules["happy"]["applies"], rules["happy"]["text"]["en"]), (False, "only at 14:00-17:00"))
        rules = {rule["rule"]: rule for rule in self.look("SHIRT")["promotions"]}
        self.assertEqual((rules["shirts"]["applies"], rules["shirts"]["text"]), (False, {"en": "one more piece", "zh": "再买 1 件"}))
        self.assertEqual(self.look(location="store-2", at=NOON)["total"], 1890)

    def test_what_is_planned_is_told_a_week_before(self):
        looked = {rule["rule"]: rule["text"]["en"] for rule in self.look(at=NOON)["promotions"]}
        self.assertEqual((looked.get("next-day"), "in-summer" in looked), ("begins 2026-01-08 00:00", False))
        hints = self.shop.ok("orders.quote", self.sale(("TEA", 1000), cash=None, at=NOON))["hints"]
        self.assertEqual([hint["rule"] for hint in hints if hint["rule"] in ("next-day", "in-summer")], ["next-day"])

    def test_how_the_shop_sorts_its_members_is_its_own_affair(self):
        for more in ({}, {"member": self.member}):
            looked = self.look(at=NOON, **more)
            self.assertNotIn("win-back", [rule["rule"] for rule in looked["promotions"]])
            self.assertNotIn("at-risk", str(looked))
        hints = self.shop.ok("orders.quote", self.sale(("TEA", 1000), cash=None)).get("hints", [])
        self.assertNotIn("win-back", [hint["rule"] for hint in hints])
        with_segment = self.shop.ok("membership.join", {"phone": "+8613800000005", "name": "E"})["member"]["id"]
        self.shop.ok("membership.segments.put", {"member": with_segment, "add": ["at-risk"], "reason": "three months away"})
        looked = self.look(at=NOON, member=with_segment)
        self.assertIn(("win-back", True), [(rule["rule"], rule["applies"]) for rule in looked["promotions"]])

    def test_by_channel_at_a_time_with_the_reason(self):
        """S3-11b: price look-up by channel at a time, with the reason of an exception."""
        self.shop.ok("catalog.price.put", {"sku": "TEA-0", "channel": "web", "price": 500, "reason": "web week"})
        now = self.shop.ok("shop.clock.get")["now"]
        web, till = self.look("TEA-0", channel="web", at=now + 1000), self.look("TEA-0", at=now + 1000)
        self.assertEqual((web["price"], web["price_reason"], till["price"]), (500, "web week", 0))
        self.assertNotIn("price_reason", till)
        self.shop.ok("catalog.price.put", {"sku": "LEAF", "channel": "web", "price": 1999, "reason": "web week"})
        web = self.look("LEAF", channel="web", at=now + 1000)
        self.assertEqual((web["price"], web["list_price"], web["total"], web["unit"]), (1999, 2399, 1999, "kg"))
        before = self.look("LEAF", channel="web", at=now - 1000)
        self.assertEqual((before["price"], before["list_price"]), (2399, 2399))

    def test_what_is_not_there(self):
        self.refused(409, "unknown_sku", "sku", "orders.price.look", {"sku": "NO-SUCH", "location": "store-1", "channel": "till"})
        self.refused(409, "retired", "sku", "orders.price.look", {"sku": "OLD", "location": "store-1", "channel": "till"})
        self.refused(409, "unknown_location", "location", "orders.price.look", {"sku": "TEA", "location": "nowhere", "channel": "till"})
        self.refused(400, "missing_field", "channel", "orders.price.look", {"sku": "TEA", "location": "store-1"})
        self.assertNotIn("on_hand", self.look("GIFTWRAP"))


if __name__ == "__main__":
    unittest.main()
