"""Lots over HTTP: when they expire, what is counted of them, and where else there is stock of an article."""

import time
import unittest

import merx

SOON, LATER, NEVER = 1793462400000, 1796140800000, 1900000000000


class Lots(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for place in ("store-1", "store-2", "store-3"):
            cls.shop.ok("inventory.location.put", {"id": place, "name": {"en": place}})
        cls.cashier = cls.shop.make_key("cashier")

    def make(self, sku, **more):
        self.shop.ok("catalog.product.put", {"sku": sku, "name": {"en": sku}, "price": 100, **more})

    def receive(self, *lines, location="store-1"):
        return self.shop.ok("inventory.receive", {"location": location, "lines": list(lines)})

    def adjust(self, *lines, location="store-1"):
        return self.shop.ok("inventory.adjust", {"location": location, "reason": "counted", "lines": list(lines)})

    def on_hand(self, sku, location="store-1"):
        return self.shop.ok("inventory.stock", {"sku": sku, "location": location})["on_hand"]

    def lots(self, limit=100, **ask):
        found, after = [], {}
        for _ in range(1000):
            page = self.shop.ok("inventory.lot.list", {"limit": limit, **ask, **after})
            found += page["lots"]
            if "next" not in page:
                return found
            after = {"after": page["next"]}
        self.fail("the pages have no end")

    def counts(self, sku, **ask):
        return {lot["lot"]: lot["on_hand"] for lot in self.lots(sku=sku, **ask)}

    def sound(self):
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])


class Counting(Lots):
    def test_a_lot_counts_what_moved_under_its_number(self):
        self.make("MILK")
        self.receive({"sku": "MILK", "qty": 24000, "lot": "L7", "expires_at": SOON}, {"sku": "MILK", "qty": 6000, "lot": "L8"}, {"sku": "MILK", "qty": 5000})
        self.receive({"sku": "MILK", "qty": 2000, "lot": "L7"}, location="store-2")
        self.assertEqual(self.counts("MILK"), {"L7": 26000, "L8": 6000})
        self.assertEqual(self.counts("MILK", location="store-2"), {"L7": 2000})
        self.assertEqual(self.on_hand("MILK"), 35000)
        self.adjust({"sku": "MILK", "qty": -1000, "lot": "L7"}, {"sku": "MILK", "count": 4000, "lot": "L8"})
        self.assertEqual((self.counts("MILK", location="store-1"), self.on_hand("MILK")), ({"L7": 23000, "L8": 4000}, 32000))
        self.adjust({"sku": "MILK", "qty": 3000, "condition": "damaged"})
        self.adjust({"sku": "MILK", "count": 30000})
        self.assertEqual(self.counts("MILK", location="store-1"), {"L7": 23000, "L8": 4000})
        movement = self.shop.ok("inventory.movements.list", {"limit": 20})["movements"][-1]
        self.assertEqual([line.get("lot", "") for line in movement["lines"] if line["sku"] == "MILK"], ["L7", "L8", ""])
        self.sound()

    def test_an_expiry_is_told_once_and_corrected_on_purpose(self):
        self.make("YOG")
        self.receive({"sku": "YOG", "qty": 1000, "lot": "A"})
        self.receive({"sku": "YOG", "qty": 1000, "lot": "A", "expires_at": SOON})
        self.receive({"sku": "YOG", "qty": 1000, "lot": "A", "expires_at": SOON})
        body = {"location": "store-1", "lines": [{"sku": "YOG", "qty": 1000}, {"sku": "YOG", "qty": 1000, "lot": "A", "expires_at": LATER}]}
        self.refused(409, "lot_differs", "lines[1].expires_at", "inventory.receive", body)
        self.assertEqual((self.counts("YOG"), self.on_hand("YOG")), ({"A": 3000}, 3000))
        lot = self.shop.ok("inventory.lot.put", {"sku": "YOG", "lot": "A", "expires_at": LATER, "if_rev": 2})["lot"]
        self.assertEqual((lot["expires_at"], lot["on_hand"], lot["rev"]), (LATER, 3000, 3))
        self.refused(409, "conflict", "if_rev", "inventory.lot.put", {"sku": "YOG", "lot": "A", "expires_at": SOON, "if_rev": 2})
        self.receive({"sku": "YOG", "qty": 1000, "lot": "A", "expires_at": LATER})

    def test_lots_that_expire_soon(self):
        self.make("EX-1"), self.make("EX-2")
        for sku, lot, expires in (("EX-2", "b", SOON), ("EX-1", "a", SOON + 1), ("EX-1", "c", LATER), ("EX-2", "d", NEVER)):
            self.shop.ok("inventory.lot.put", {"sku": sku, "lot": lot, "expires_at": expires})
        self.receive({"sku": "EX-1", "qty": 1000, "lot": "nobody said when"}, {"sku": "EX-1", "qty": 3000, "lot": "c"})
        mine = lambda **ask: [(lot["sku"], lot["lot"]) for lot in self.lots(**ask) if lot["sku"].startswith("EX-")]
        for limit in (1, 2, 100):
            self.assertEqual(mine(limit=limit, expiring_before=LATER), [("EX-2", "b"), ("EX-1", "a")])
            self.assertEqual(mine(limit=limit, expiring_before=LATER + 1), [("EX-2", "b"), ("EX-1", "a"), ("EX-1", "c")])
            self.assertEqual(mine(limit=limit, expiring_before=NEVER, sku="EX-1"), [("EX-1", "a"), ("EX-1", "c")])
            self.assertEqual(mine(limit=limit, expiring_before=NEVER, location="store-1"), [("EX-1", "c")])
            self.assertEqual(mine(limit=limit, sku="EX-1"), [("EX-1", "a"), ("EX-1", "c"), ("EX-1", "nobody said when")])
            self.assertEqual(len(mine(limit=limit)), 5)

    def test_bad_input_is_named_and_changes_nothing(self):
        self.make("BAD"), self.make("SERVICE", stocked=False)
        self.receive({"sku": "BAD", "qty": 5000, "lot": "known", "expires_at": SOON})
        put = {"sku": "BAD", "lot": "new", "expires_at": SOON}
        for change, status, code, field in [
            ({"sku": "NOBODY"}, 409, "unknown_sku", "sku"), ({"sku": "SERVICE"}, 409, "not_stocked", "sku"), ({"lot": " new"}, 400, "bad_input", "lot"),
            ({"lot": "x" * 21}, 400, "out_of_range", "lot"), ({"expires_at": -1}, 400, "out_of_range", "expires_at"), ({"if_rev": 3}, 409, "conflict", "if_rev"),
        ]:
            with self.subTest(change=change):
                self.refused(status, code, field, "inventory.lot.put", {**put, **change})
        for op, line, status, code, field in [
            ("inventory.receive", {"qty": 1000, "expires_at": SOON}, 400, "missing_field", "lines[0].lot"),
            ("inventory.receive", {"qty": 1000, "lot": "x "}, 400, "bad_input", "lines[0].lot"),
            ("inventory.receive", {"qty": 1000, "lot": "x" * 21}, 400, "out_of_range", "lines[0].lot"),
            ("inventory.adjust", {"qty": 1000, "lot": "unknown"}, 409, "unknown_lot", "lines[0].lot"),
            ("inventory.adjust", {"qty": 1000, "lot": "known", "condition": "damaged"}, 400, "bad_input", "lines[0].lot"),
        ]:
            with self.subTest(op=op, line=line):
                body = {"location": "store-1", "lines": [{"sku": "BAD", **line}], **({"reason": "r"} if op == "inventory.adjust" else {})}
                self.refused(status, code, field, op, body)
        self.refused(400, "bad_input", "lines[1].sku", "inventory.adjust", {"location": "store-1", "reason": "r", "lines": [
            {"sku": "BAD", "qty": 1000}, {"sku": "BAD", "qty": 1000, "lot": "known"}]})
        self.refused(404, "not_found", "location", "inventory.lot.list", {"location": "moon"})
        self.refused(400, "bad_input", "after", "inventory.lot.list", {"after": "nonsense"})
        self.refused(403, "forbidden", None, "inventory.lot.put", put, key=self.cashier)
        self.assertEqual((self.counts("BAD"), self.on_hand("BAD")), ({"known": 5000}, 5000))
        self.sound()

    def test_more_than_is_known_of_a_lot_may_go(self):
        self.make("NEG")
        self.receive({"sku": "NEG", "qty": 2000, "lot": "n"}, {"sku": "NEG", "qty": 8000})
        self.adjust({"sku": "NEG", "qty": -3000, "lot": "n"})
        self.assertEqual((self.counts("NEG"), self.on_hand("NEG")), ({"n": -1000}, 7000))
        self.sound()


class Near(Lots):
    def near(self, sku, **more):
        return [(place["location"], place["on_hand"]) for place in self.shop.ok("inventory.stock.near", {"sku": sku, **more})["places"]]

    def test_other_places_that_have_some(self):
        """S3-11a (a part): stock near by."""
        self.make("NEAR")
        self.assertEqual(self.near("NEAR"), [])
        self.assertFalse(self.shop.ok("inventory.stock.near", {"sku": "NEAR"})["moved"])
        for place, qty in (("store-1", 2000), ("store-2", 9000), ("store-3", 9000)):
            self.receive({"sku": "NEAR", "qty": qty}, location=place)
        self.assertEqual(self.near("NEAR"), [("store-2", 9000), ("store-3", 9000), ("store-1", 2000)])
        self.assertEqual(self.near("NEAR", location="store-2"), [("store-3", 9000), ("store-1", 2000)])
        self.assertEqual(self.near("NEAR", limit=1), [("store-2", 9000)])
        self.adjust({"sku": "NEAR", "count": 0}, location="store-2")
        self.assertEqual(self.near("NEAR", location="store-1"), [("store-3", 9000)])
        self.make("GONE")
        self.receive({"sku": "GONE", "qty": 1000}, location="store-1")
        self.adjust({"sku": "GONE", "count": 0}, location="store-1")
        gone = self.shop.ok("inventory.stock.near", {"sku": "GONE"})
        self.assertEqual((gone["places"], gone["moved"]), ([], True))
        self.assertEqual(self.shop.ok("inventory.stock.near", {"sku": "NEAR"})["places"][0]["name"], {"en": "store-3"})
        self.refused(404, "not_found", "sku", "inventory.stock.near", {"sku": "NOBODY"})
        self.refused(404, "not_found", "location", "inventory.stock.near", {"sku": "NEAR", "location": "moon"})


LADDER = """
promotion { id = "soon", where = { category = "dairy" }, expiry = { { days = 3, percent = 20 }, { days = 1, percent = 50 } } }
promotion { id = "full-shelf", percent = 10, where = { category = "shelf" },
  lines = function(line) return line.stock ~= nil and line.stock >= 5000 and line.cost == 60 end }
"""


class InSales(Lots):
    """What rules know of the goods, in the sale's own snapshot; and the lots that sales and returns move."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("rules.publish", {"draft": cls.shop.ok("rules.draft.put", {"name": "soon", "source": LADDER})["draft"], "note": "shelf"})

    def sale(self, sku, qty, **line):
        return {"channel": "till", "location": "store-1", "lines": [{"sku": sku, "qty": qty, **line}]}

    def sell(self, sku, qty, **line):
        return self.shop.ok("orders.place", {**self.sale(sku, qty, **line), "tenders": [{"kind": "cash", "amount": 1000000}]})["order"]

    def test_the_expiry_of_a_scanned_lot_lowers_its_price(self):
        """A lot that expires tomorrow costs half; another lot of the same article does not."""
        self.make("MILK", category="dairy")
        now, hour = int(time.time() * 1000), 3600000
        self.receive(*({"sku": "MILK", "qty": 10000, "lot": lot, "expires_at": now + hours * hour} for lot, hours in
                       (("day", 20), ("three", 60), ("week", 170), ("gone", -1))), {"sku": "MILK", "qty": 10000})
        for lot, total in (("day", 50), ("three", 80), ("week", 100), ("gone", 100), ("unheard of", 100)):
            with self.subTest(lot=lot):
                self.assertEqual(self.shop.ok("orders.quote", self.sale("MILK", 1000, lot=lot))["order"]["total"], total)
        self.assertEqual(self.shop.ok("orders.quote", self.sale("MILK", 1000))["order"]["total"], 100)

    def test_sales_and_returns_move_the_lot_that_was_scanned(self):
        self.make("CREAM", category="dairy")
        self.receive({"sku": "CREAM", "qty": 5000, "lot": "c1"}, {"sku": "CREAM", "qty": 5000})
        order = self.sell("CREAM", 2000, lot="c1")
        self.sell("CREAM", 1000)
        self.sell("CREAM", 1000, lot="unheard of")
        self.assertEqual((self.counts("CREAM"), self.on_hand("CREAM")), ({"c1": 3000}, 6000))
        back = {"location": "store-1", "reason": "r", "lines": [{"order": order["id"], "line": 1, "qty": 1000}]}
        self.shop.ok("orders.return", back)
        self.assertEqual((self.counts("CREAM"), self.on_hand("CREAM")), ({"c1": 4000}, 7000))
        back["lines"][0]["condition"] = "damaged"
        self.shop.ok("orders.return", back)
        self.assertEqual((self.counts("CREAM"), self.on_hand("CREAM")), ({"c1": 4000}, 7000))
        self.sound()

    def test_rules_see_stock_and_cost(self):
        self.make("FULL", category="shelf")
        self.receive({"sku": "FULL", "qty": 6000, "cost": 60})
        self.assertEqual([self.sell("FULL", 1000)["total"] for _ in range(3)], [90, 90, 100])


if __name__ == "__main__":
    unittest.main()
