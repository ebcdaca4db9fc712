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

    def take_back(self, order, key, till="till-1"):
        self.shop.ok("orders.return", {"location": "store-1", "till": till, "reason": "no", "lines": [{"order": order["id"], "line": 1, "qty": 1000}]}, key=key)

    def test_what_comes_back_soon(self):
        """A sale that is undone while the customer still stands at the door; a return of tomorrow is none."""
        begin = self.shop.ok("shop.clock.get")["now"]
        staff, key = self.staff[1]
        order, later = self.sell(key), self.sell(key)
        self.take_back(order, key)
        self.assertEqual(self.report(**{"from": begin})[staff, "refund_soon"]["count"], 1)
        self.shop.ok("shop.clock.advance", {"ms": 15 * 60 * 1000})
        self.take_back(later, key)
        rows = self.report(**{"from": begin})
        self.assertEqual((rows[staff, "refund_soon"]["count"], rows[staff, "refund"]["count"]), (1, 2))

    def test_ones_own_card(self):
        """The same member again and again at one till counts; many members do not."""
        begin = self.shop.ok("shop.clock.get")["now"]
        mine, (staff, key) = self.join(), self.staff[2]
        sale = lambda member, **more: self.shop.ok("orders.place", {
            "channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "E", "qty": 1000}],
            "tenders": [{"kind": "cash", "amount": 1000}], **more}, key=key)
        for _ in range(4):
            sale(self.join(), till="till-3")
        self.assertEqual(self.report(**{"from": begin})[staff, "one_member_often"]["count"], 1)
        for _ in range(3):
            sale(mine, till="till-3")
        sale(mine)  # at no till: an order of the web
        row = self.report(**{"from": begin})[staff, "one_member_often"]
        self.assertEqual((row["count"], row["about"], row["amount"], row["striking"]), (3, mine, 3000, True))
        row = self.report(by="till", **{"from": begin})["till-3", "one_member_often"]
        self.assertEqual((row["count"], row["about"]), (3, mine))

    def test_carts_and_large_prices_by_hand(self):
        begin = self.shop.ok("shop.clock.get")["now"]
        staff, key = self.staff[3]
        cart = {"channel": "till", "location": "store-1", "till": "till-1", "lines": [{"sku": "E", "qty": 2000}]}
        held = self.shop.ok("orders.hold", cart, key=key)["held"]
        self.assertNotIn((staff, "cart_dropped"), self.report(**{"from": begin}))
        self.shop.ok("orders.held.drop", {"held": held}, key=key)
        self.assertEqual(self.report(**{"from": begin})[staff, "cart_dropped"]["amount"], 2000)
        self.sell(key, price=1)
        row = self.report(above=998, **{"from": begin})[staff, "large_override"]
        self.assertEqual((row["count"], row["amount"], row["striking"]), (1, 999, True), "one is enough")
        self.assertNotIn((staff, "large_override"), self.report(above=999, **{"from": begin}))

    def test_who_sells_nothing_is_compared_with_her_like(self):
        """A desk for returns is not accused of taking back what others sold."""
        begin = self.shop.ok("shop.clock.get")["now"]
        desks = [self.cashier("desk%d" % number) for number in range(2)]
        orders = [self.sell(key) for _, key in self.staff for _ in range(3)]
        for at, order in enumerate(orders[:8]):
            self.take_back(order, desks[at % 2][1])
        rows = self.report(**{"from": begin})
        self.assertEqual([(rows[desk, "refund"]["usual_milli"], rows[desk, "refund"]["striking"]) for desk, _ in desks], [(4000, False)] * 2)

    def test_the_shop_says_what_stands_out(self):
        begin = self.shop.ok("shop.clock.get")["now"]
        usual = self.shop.ok("shop.settings.get")
        self.assertEqual([usual["exceptions_" + name] for name in ("above", "least", "times", "soon_ms")], [20000, 3, 3, 900000])
        staff, key = self.staff[0]
        self.take_back(self.sell(key), key)
        self.assertFalse(self.report(**{"from": begin})[staff, "refund"]["striking"])
        self.shop.ok("shop.settings.put", {"exceptions_least": 1, "exceptions_above": 500, "exceptions_soon_ms": 1, "exceptions_times": 9})
        self.addCleanup(self.shop.ok, "shop.settings.put", {name: value for name, value in usual.items() if name.startswith("exceptions_")})
        rows = self.report(**{"from": begin})
        self.assertTrue(rows[staff, "refund"]["striking"])
        self.assertIn((staff, "large_refund"), rows)
        self.assertNotIn((staff, "refund_soon"), rows)
        for name in ("above", "least", "times", "soon_ms"):
            self.refused(400, "out_of_range", "exceptions_" + name, "shop.settings.put", {"exceptions_" + name: 0})
        self.assertEqual(self.shop.ok("shop.settings.put", {"country": "CN"})["exceptions_times"], 9, "what is left out stays")

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
        self.assertEqual(kinds["identifier_added"]["count"], 1, "by hand; what she joined with is none")

    def test_what_no_till_did_accuses_no_till(self):
        begin, member = self.shop.ok("shop.clock.get")["now"], self.join()
        for _ in range(9):
            self.shop.ok("loyalty.points.adjust", {"member": member, "points": 500, "reason": "a present"})
        self.sell(self.staff[0][1], price=1, till="till-9")
        rows = self.shop.ok("system.exceptions.list", {"by": "till", "above": 500, "from": begin})["exceptions"]
        self.assertEqual([row["striking"] for row in rows if row["kind"] == "points_by_hand"], [False])
        self.assertEqual((rows[0]["who"], rows[-1].get("who")), ("till-9", None))

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
