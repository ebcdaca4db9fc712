"""The exception report (reliability 52): what a cashier may do and thieves do too is counted by person, till and day, beside what is usual
for the others."""

import unittest

from customers import CustomerTest


class Exceptions(CustomerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "Asia/Shanghai"})
        cls.shop.ok("catalog.product.put", {"sku": "E", "name": {"en": "E"}, "price": 1000, "unit": "piece", "category": "e", "tax_ppm": 0})
        cls.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "E", "qty": 1000000}]})
        cls.shop.ok("identity.role.put", {"code": "cashier", "permissions": ["orders.price_override", "orders.return_no_receipt"]})
        cls.staff = [cls.cashier("c%d" % number) for number in range(4)]

    @classmethod
    def cashier(cls, login):
        staff = cls.shop.ok("identity.staff.put", {"name": login, "login": login, "role": "cashier"})["staff"]["id"]
        key = cls.shop.ok("identity.key.create", {"principal": staff})["key"]["id"]
        return staff, cls.shop.ok("identity.key.reveal", {"id": key})["text"]

    def sell(self, key, till="till-1", **line):
        amount = line.get("price", 1000)
        if "price" in line:
            line["reason"] = "a scratch"
        return self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "till": till, "lines": [{"sku": "E", "qty": 1000, **line}],
                                             "tenders": [{"kind": "cash", "amount": amount}]}, key=key)["order"]

    def report(self, **ask):
        return {(row.get("who", ""), row["kind"]): row for row in self.shop.ok("system.exceptions.list", ask)["exceptions"]}

    def test_prices_by_hand(self):
        begin = self.shop.ok("shop.clock.get")["now"]
        for _, key in self.staff * 10:
            self.sell(key)
        for _ in range(6):
            self.sell(self.staff[0][1], till="till-7", price=100)
        self.sell(self.staff[1][1], price=900)
        self.sell(self.staff[2][1], price=900)
        rows = self.report(**{"from": begin})
        thief = rows[self.staff[0][0], "price_override"]
        self.assertEqual((thief["count"], thief["amount"], thief["others"], thief["others_count"], thief["striking"]), (6, 5400, 2, 2, True))
        self.assertEqual(thief["usual_milli"], 1000, "the others did it twice in 32 sales, she had 16")
        honest = rows[self.staff[1][0], "price_override"]
        self.assertEqual((honest["count"], honest["amount"], honest["striking"]), (1, 100, False))
        self.assertNotIn((self.staff[3][0], "price_override"), rows, "who sells at the price is not listed")
        self.assertEqual(self.report(by="till", **{"from": begin})["till-7", "price_override"]["count"], 6)
        first = self.shop.ok("system.exceptions.list", {"from": begin})["exceptions"][0]
        self.assertEqual((first["who"], first["kind"]), (self.staff[0][0], "price_override"))

    def test_refunds(self):
        begin = self.shop.ok("shop.clock.get")["now"]
        staff, key = self.staff[3]
        order = self.sell(key)
        self.shop.ok("orders.return", {"location": "store-1", "till": "till-1", "reason": "broken", "lines": [{"order": order["id"], "line": 1, "qty": 1000}]}, key=key)
        self.shop.ok("orders.return", {"location": "store-1", "till": "till-1", "reason": "broken", "lines": [{"sku": "E", "qty": 1000}]}, key=key)
        order = self.sell(key)
        self.shop.ok("orders.return", {"location": "store-1", "till": "till-1", "reason": "broken",
                                       "lines": [{"order": order["id"], "line": 1, "qty": 1000}, {"sku": "E", "qty": 1000}]}, key=key)
        rows = self.report(above=500, **{"from": begin})
        self.assertEqual((rows[staff, "refund"]["count"], rows[staff, "refund"]["amount"]), (3, 4000))
        hidden = rows[staff, "refund_without_receipt"]
        self.assertEqual((hidden["count"], hidden["amount"]), (2, 2000), "also behind goods that have one")
        self.assertEqual(rows[staff, "large_refund"]["count"], 3)
        self.assertNotIn((staff, "large_refund"), self.report(above=2000, **{"from": begin}))

    def test_by_day_and_in_time(self):
        begin = self.shop.ok("shop.clock.get")["now"]
        self.sell(self.staff[2][1], price=500)
        self.shop.ok("shop.clock.advance", {"ms": 24 * 3600 * 1000})
        self.sell(self.staff[2][1], price=500)
        days = [row for row in self.shop.ok("system.exceptions.list", {"by": "day", "from": begin})["exceptions"] if row["kind"] == "price_override"]
        self.assertEqual(sorted(row["count"] for row in days), [1, 1])
        self.assertEqual(self.report(until=begin + 3600 * 1000, **{"from": begin})[self.staff[2][0], "price_override"]["count"], 1)
        self.refused(400, "bad_input", "from", "system.exceptions.list", {"from": begin + 1, "until": begin})

    def test_points_and_identifiers(self):
        begin = self.shop.ok("shop.clock.get")["now"]
        member = self.shop.ok("membership.join", {"phone": "+8613712345678"})["member"]["id"]
        self.shop.ok("loyalty.points.adjust", {"member": member, "points": 500, "reason": "a present"})
        person = self.shop.ok("identity.person.find", {"kind": "phone", "value": "+8613712345678"})["person"]
        self.shop.ok("identity.person.link", {"person": person, "kind": "card", "value": "C-1", "source": "till"})
        self.shop.ok("identity.person.unlink", {"person": person, "kind": "card", "value": "C-1"})
        kinds = {kind: row for (_, kind), row in self.report(**{"from": begin}).items()}
        self.assertEqual((kinds["points_by_hand"]["count"], kinds["points_by_hand"]["amount"]), (1, 500))
        self.assertEqual(kinds["identifier_taken_away"]["count"], 1)

    def test_customers_are_no_staff(self):
        """However many of them give themselves PINs: the report is about people who work here."""
        begin = self.shop.ok("shop.clock.get")["now"]
        phone = "+8613712345679"
        self.join(phone)
        self.shop.ok("identity.customer.pin.set", {"pin": "739152"}, key=self.login(phone))
        self.assertEqual([who for who, _ in self.report(**{"from": begin}) if who.startswith("per_")], [])
        self.assertNotIn("proof_given", [kind for _, kind in self.report(by="day", **{"from": begin})])

    def test_who_may_read_it(self):
        for role, status in (("manager", 200), ("auditor", 200), ("cashier", 403), ("clerk", 403)):
            self.assertEqual(self.shop.call("system.exceptions.list", {}, key=self.shop.make_key(role))[0], status, role)


if __name__ == "__main__":
    unittest.main()
