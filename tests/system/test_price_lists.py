"""Price lists of members: what they pay less, where and when; and articles that only some may come upon."""

import unittest

from customers import CustomerTest, new_phone
from sales import OrdersTest

DAY = 86400000


class PriceLists(OrdersTest):
    rules = """
tier { code = "gold", rank = 1, needs = { { "orders", at_least = 1000 } }, grants = { price_list = "gold" } }
"""

    @classmethod
    def fill(cls):
        super().fill()
        cls.gold = cls.shop.ok("membership.join", {"phone": "+8613800000002", "name": "G"})["member"]["id"]
        cls.shop.ok("membership.tier.put", {"member": cls.gold, "tier": "gold", "reason": "x"})

    def put(self, sku="TEA", **more):
        return self.shop.ok("catalog.price.put", {"sku": sku, **more})["price"]

    def costs(self, sku, member=None):
        return self.quote((sku, 1000), member=member)["total"]

    def test_a_member_pays_by_the_list_of_her_tier(self):
        """S3-18: a price list of her own."""
        price = self.put(price=1500, list="gold")
        self.assertEqual(price["list"], "gold")
        self.assertEqual(self.costs("TEA"), 1990)
        self.assertEqual(self.costs("TEA", self.member), 1990, "of another tier")
        self.assertEqual(self.costs("TEA", self.gold), 1500)
        here = self.put(price=1400, list="gold", location="store-1", reason="opening")
        self.assertEqual(self.costs("TEA", self.gold), 1400, "the more special one")
        self.shop.ok("catalog.price.drop", {"id": here["id"]})
        self.assertEqual(self.costs("TEA", self.gold), 1500)
        self.refused(409, "price_over", "id", "catalog.price.drop", {"id": here["id"]})
        web = self.put(price=900, channel="till")
        self.assertEqual((self.costs("TEA"), self.costs("TEA", self.gold)), (900, 900), "nobody pays more for being entitled to a list")
        self.shop.ok("catalog.price.drop", {"id": web["id"]})
        listed = self.shop.ok("catalog.price.list", {"sku": "TEA", "list": "gold"})["prices"]
        self.assertEqual(sorted(row["price"] for row in listed), [1400, 1500])
        self.assertEqual([row["price"] for row in self.shop.ok("catalog.price.list", {"sku": "TEA"})["prices"]], [900])
        self.assertEqual(self.shop.ok("catalog.price.differences").get("differences", []), [], "a list is no difference between channels")

    def test_bad_input_is_named(self):
        self.refused(400, "bad_input", "list", "catalog.price.put", {"sku": "TEA", "price": 1, "list": " gold"})
        self.refused(400, "out_of_range", "list", "catalog.price.put", {"sku": "TEA", "price": 1, "list": "g" * 33})
        now = self.put("SHIRT", price=5000, list="silver", **{"from": 1900000000000})
        self.refused(409, "price_taken", "from", "catalog.price.put", {"sku": "SHIRT", "price": 1, "list": "silver", "from": now["from"]})
        self.put("SHIRT", price=5000, list="bronze", **{"from": now["from"]})
        self.put("SHIRT", price=5000, **{"from": now["from"]})

    def test_what_is_hidden_says_so(self):
        got = self.shop.ok("catalog.product.put", {"sku": "BROKEN", "hidden": True})["product"]
        self.assertTrue(got["hidden"])
        self.assertFalse(self.shop.ok("catalog.product.get", {"sku": "TEA"})["product"]["hidden"])
        found = self.shop.ok("catalog.product.find", {"limit": 200})["products"]
        self.assertIn("BROKEN", [row["sku"] for row in found], "staff see it")
        self.shop.ok("catalog.product.put", {"sku": "BROKEN", "hidden": False})


class Hidden(CustomerTest):
    def test_customers_do_not_reach_what_is_not_unlocked_for_them(self):
        """S3-18: a hidden article is there for whom it is unlocked, and for other customers it does not exist."""
        source = 'tier { code = "gold", rank = 1, needs = { { "orders", at_least = 1000 } }, grants = { unlock = { "CUP" } } }\n'
        self.shop.ok("rules.publish", {"draft": self.shop.ok("rules.draft.put", {"name": "t", "source": source})["draft"], "note": "t"})
        self.shop.ok("catalog.product.put", {"sku": "CUP", "name": {"en": "Cup"}, "price": 100, "stocked": False, "hidden": True, "barcodes": ["CUP-1"]})
        phone = new_phone()
        member, key = self.join(phone), self.login(phone)
        unknown = self.shop.call("catalog.product.get", {"sku": "NOTHING"}, key=key)
        self.assertEqual(self.shop.call("catalog.product.get", {"sku": "CUP"}, key=key), unknown)
        self.assertEqual(unknown[0], 404)
        for ask in ({}, {"barcode": "CUP-1"}, {"name": "cup"}):
            self.assertEqual(self.shop.ok("catalog.product.find", ask, key=key)["products"], [], ask)
        self.shop.ok("membership.tier.put", {"member": member, "tier": "gold", "reason": "x"})
        self.assertEqual(self.shop.ok("catalog.product.get", {"sku": "CUP"}, key=key)["product"]["sku"], "CUP")
        self.shop.ok("membership.tier.put", {"member": member, "tier": "basic", "reason": "x"})
        self.refused(404, "not_found", "sku", "catalog.product.get", {"sku": "CUP"}, key=key)


if __name__ == "__main__":
    unittest.main()
