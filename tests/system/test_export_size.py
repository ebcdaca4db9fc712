"""What an export holds: all of it for whoever may ask, but of very much the newest, and it says of what there is more (S0-31)."""

import unittest

import consents
from customers import CustomerTest, new_phone

LINES, MOST_LINES, MOST_MOVEMENTS = 1000, 25000, 500


class ExportSize(CustomerTest):
    def setUp(self):
        self.location()
        self.phone = new_phone()
        self.member = self.join(self.phone, name="Much Ado")

    def export(self, key=None):
        asked = self.shop.ok("privacy.export.ask", {"member": self.member}, key=key)["id"]
        return self.shop.ok("privacy.export.fetch", {"id": asked}, key=key)

    def test_whoever_may_export_exports_all(self):
        self.product("OIL", price=1000, stock=100)
        consents.agree(self.shop, self.member)
        self.shop.ok("orders.place", {"location": "store-1", "channel": "till", "member": self.member, "lines": [{"sku": "OIL", "qty": 1000}],
                                      "tenders": [{"kind": "cash", "amount": 1000}]})
        whole = self.export()
        self.assertEqual(set(whole["sections"]), {"membership", "orders", "points", "points_history", "gift_cards", "tags", "consents", "coupons",
                                                  "rewards", "counters"})
        self.assertTrue(whole["sections"]["orders"]["orders"])
        self.shop.ok("identity.role.put", {"code": "archivist", "permissions": [
            "privacy.export", "privacy.consents", "pii.read", "members.read", "orders.read", "loyalty.read", "wallet.read", "promotions.read",
            "rewards.read", "insight.read"]})
        for key in (self.login(self.phone), self.shop.make_key("archivist")):
            got = self.export(key)
            self.assertEqual([got[part] for part in ("sections", "persons", "more")], [whole[part] for part in ("sections", "persons", "more")])

    def test_who_may_not_read_in_clear_gets_no_stars_instead(self):
        manager = self.shop.make_key("manager")
        asked = self.shop.ok("privacy.export.ask", {"member": self.member}, key=manager)
        self.refused(403, "forbidden", None, "privacy.export.fetch", {"id": asked["id"]}, key=manager)

    def test_of_very_many_lines_the_newest_orders(self):
        self.product("TEA", price=1, stock=10**6)
        order = {"location": "store-1", "channel": "till", "member": self.member, "tenders": [{"kind": "cash", "amount": LINES}],
                 "lines": [{"sku": "TEA", "qty": 1000, "price": 1, "reason": "by the leaf"}] * LINES}
        numbers = [self.shop.ok("orders.place", order)["order"]["id"] for _ in range(MOST_LINES // LINES)]
        whole = self.export()
        self.assertEqual((len(whole["sections"]["orders"]["orders"]), whole["more"]), (len(numbers), []))
        numbers.append(self.shop.ok("orders.place", order)["order"]["id"])
        cut = self.export()
        self.assertEqual([got["order"]["id"] for got in cut["sections"]["orders"]["orders"]], numbers[:0:-1])
        self.assertEqual((cut["sections"]["orders"]["more"], cut["more"]), (True, ["orders"]))

    def test_of_very_many_movements_the_newest(self):
        card = self.shop.ok("wallet.load", {"kind": "credit", "member": self.member, "amount": 5000, "location": "store-1",
                                            "tenders": [{"kind": "cash", "amount": 5000}]})["account"]
        for _ in range(MOST_MOVEMENTS - 1):
            self.shop.ok("wallet.correct", {"account": card, "amount": -1, "reason": "a drop"})
        self.assertEqual(self.export()["more"], [])
        self.shop.ok("wallet.correct", {"account": card, "amount": -1, "reason": "a drop"})
        cut = self.export()
        self.assertEqual(cut["more"], ["gift_cards"])
        self.assertEqual(len(cut["sections"]["gift_cards"]["accounts"][0]["movements"]), MOST_MOVEMENTS)


if __name__ == "__main__":
    unittest.main()
