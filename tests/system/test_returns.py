"""Returns: frozen shares, any sequence, any location, without receipt, never more than was paid."""

import random
import unittest

import merx
from sales import OrdersTest

RULES = """
promotion { id = "shirts", lane = "item", where = {tag = "shirt"}, buy = 2, pay = 1 }
promotion { id = "member", lane = "member", member = true, percent = 7 }
"""


class Returns(OrdersTest):
    rules = RULES

    def test_one_of_two_shirts_is_half_of_what_was_paid(self):
        """Complaint 7 of the field: a discount stays on the units it was given for."""
        order = self.place(("SHIRT", 2000), ("TEA", 1000), till="till-1")["order"]
        before = self.stock("SHIRT")
        done = self.give_back({"order": order["id"], "line": 1, "qty": 1000}, till="till-1")
        self.assertEqual((done["refund"], done["tax"]), (3000, 345))
        self.assertEqual(done["number"], "till-1-r000001")
        self.assertEqual([(p["kind"], p["amount"], p["state"]) for p in done["payments"]], [("cash", 3000, "refunded")])
        self.assertEqual([(l["order"], l["line"], l["sku"], l["qty"], l["refund"]) for l in done["lines"]],
                         [(order["id"], 1, "SHIRT", 1000, 3000)])
        self.assertEqual(self.stock("SHIRT"), before + 1000)
        got = self.shop.ok("orders.get", {"id": order["id"]})
        self.assertEqual((got["order"]["state"], got["order"]["refunded"], got["order"]["lines"][0]["returned"]), ("returned_in_part", 3000, 1000))
        self.assertEqual([r["id"] for r in got["returns"]], [done["id"]])
        self.assertEqual(got["returns"][0]["lines"], done["lines"])
        self.give_back({"order": order["id"], "line": 1, "qty": 1000}, {"order": order["id"], "line": 2, "qty": 1000})
        got = self.shop.ok("orders.get", {"id": order["id"]})
        self.assertEqual((got["order"]["state"], got["order"]["refunded"], len(got["returns"])), ("returned", order["total"], 2))

    def test_any_sequence_sums_to_the_sale(self):
        chance = random.Random(5)
        for _ in range(merx.fewer(12, 4)):
            earlier = self.points()
            lines = [("SHIRT", 1000 * chance.randint(1, 7)), ("TEA", 1000 * chance.randint(1, 30)), ("LEAF", chance.randint(1, 2000)),
                     ("SHIRT-2", 1000 * chance.randint(1, 5))]
            chance.shuffle(lines)
            order = self.place(*lines, member=self.member)["order"]
            self.assertEqual(self.points(), earlier + order["points_earned"])
            left = {line["line"]: line["qty"] for line in order["lines"]}
            refund = tax = points = 0
            while left:
                line = chance.choice(sorted(left))
                sku = order["lines"][line - 1]["sku"]
                qty = chance.randint(1, left[line]) if sku == "LEAF" else 1000 * chance.randint(1, left[line] // 1000)
                done = self.give_back({"order": order["id"], "line": line, "qty": qty})
                refund, tax, points = refund + done["refund"], tax + done["tax"], points + done["points_reversed"]
                left[line] -= qty
                if not left[line]:
                    del left[line]
            self.assertEqual((refund, tax, points), (order["total"], order["tax"], order["points_earned"]))
            self.assertEqual(self.points(), earlier)

    def test_a_large_line_comes_back_in_three_parts(self):
        self.product("BEAD", price=104, stock=80000)
        order = self.place(("BEAD", 74215000), member=self.member)["order"]
        parts = [self.give_back({"order": order["id"], "line": 1, "qty": qty}) for qty in (1000, 37000000, 37214000)]
        self.assertEqual(sum(part["refund"] for part in parts), order["total"])
        self.assertEqual(sum(part["points_reversed"] for part in parts), order["points_earned"])

    def test_by_article_the_lowest_line_first(self):
        order = self.place(("TEA", 2000), ("GIFTWRAP", 1000), ("TEA", 3000))["order"]
        done = self.give_back({"order": order["id"], "sku": "TEA", "qty": 1000})
        self.assertEqual([(l["line"], l["qty"]) for l in done["lines"]], [(1, 1000)])
        done = self.give_back({"order": order["id"], "sku": "TEA", "qty": 3000})
        self.assertEqual([(l["line"], l["qty"], l["refund"]) for l in done["lines"]], [(1, 1000, 1990), (3, 2000, 3980)])
        self.refused(409, "already_returned", "lines[0].qty", "orders.return", self.back({"order": order["id"], "sku": "TEA", "qty": 2000}))

    def test_never_more_than_was_sold(self):
        order = self.place(("TEA", 3000))["order"]["id"]
        self.refused(409, "already_returned", "lines[0].qty", "orders.return", self.back({"order": order, "line": 1, "qty": 4000}))
        self.refused(409, "already_returned", "lines[1].qty", "orders.return",
                     self.back({"order": order, "line": 1, "qty": 2000}, {"order": order, "line": 1, "qty": 2000}))
        self.give_back({"order": order, "line": 1, "qty": 2000}, {"order": order, "line": 1, "qty": 1000})
        self.refused(409, "already_returned", "lines[0].qty", "orders.return", self.back({"order": order, "line": 1, "qty": 1000}))

    def test_bad_lines_are_named(self):
        order = self.place(("TEA", 3000))["order"]["id"]
        other = "ord_" + "2" * 26
        for line, status, code, field in [
            ({"order": order, "line": 1}, 400, "missing_field", "lines[0].qty"),
            ({"order": order, "qty": 1000}, 400, "missing_field", "lines[0].line"),
            ({"line": 1, "qty": 1000}, 400, "missing_field", "lines[0].order"),
            ({"qty": 1000}, 400, "missing_field", "lines[0].sku"),
            ({"order": other, "line": 1, "qty": 1000}, 409, "unknown_order", "lines[0].order"),
            ({"order": order, "line": 2, "qty": 1000}, 409, "unknown_line", "lines[0].line"),
            ({"order": order, "sku": "SHIRT", "qty": 1000}, 409, "not_in_order", "lines[0].sku"),
            ({"order": order, "line": 1, "sku": "SHIRT", "qty": 1000}, 409, "sku_differs", "lines[0].sku"),
            ({"order": order, "line": 1, "qty": 500}, 400, "out_of_range", "lines[0].qty"),
            ({"order": order, "line": 1, "qty": 0}, 400, "out_of_range", "lines[0].qty"),
            ({"sku": "NO-SUCH", "qty": 1000}, 409, "unknown_sku", "lines[0].sku"),
            ({"sku": "TEA", "qty": 1}, 400, "out_of_range", "lines[0].qty"),
        ]:
            with self.subTest(line=line):
                self.refused(status, code, field, "orders.return", self.back(line))
        self.refused(400, "out_of_range", "lines", "orders.return", self.back())
        line = {"order": order, "line": 1, "qty": 1000}
        self.refused(400, "missing_field", "reason", "orders.return", {"location": "store-1", "lines": [line]})
        self.refused(400, "bad_input", "reason", "orders.return", self.back(line, reason="  "))
        self.refused(409, "unknown_location", "location", "orders.return", self.back(line, location="nowhere"))
        self.refused(409, "unknown_member", "member", "orders.return", self.back(line, member="mem_" + "0" * 26))
        self.refused(403, "forbidden", "at", "orders.return", self.back(line, at=1300000000000), key=self.cashier)
        self.assertEqual(self.shop.ok("orders.get", {"id": order})["order"]["refunded"], 0)

    def test_a_lower_price_leaves_the_rest_with_the_shop(self):
        order = self.place(("TEA", 3000))["order"]
        line = {"order": order["id"], "line": 1, "qty": 2000, "price": 1500}
        self.refused(403, "forbidden", "lines[0].price", "orders.return", self.back(line), key=self.cashier)
        self.refused(409, "refund_above_paid", "lines[0].price", "orders.return", self.back(dict(line, price=1991)))
        done = self.give_back(line)
        self.assertEqual((done["refund"], done["lines"][0]["kept"], done["lines"][0]["tax"]), (3000, 980, 345))
        done = self.shop.ok("orders.return", self.back({"order": order["id"], "line": 1, "qty": 1000, "price": 1990}), key=self.cashier)
        self.assertEqual(done["return"]["refund"], 1990)
        got = self.shop.ok("orders.get", {"id": order["id"]})["order"]
        self.assertEqual((got["state"], got["refunded"]), ("returned", 4990))

    def test_without_receipt(self):
        before = self.stock("TEA")
        line = {"sku": "TEA", "qty": 2000, "price": 1000}
        self.refused(403, "forbidden", "lines[0].order", "orders.return", self.back(line), key=self.cashier)
        done = self.give_back(line, {"sku": "LEAF", "qty": 500}, {"sku": "GIFTWRAP", "qty": 1000})
        self.assertEqual([l["refund"] for l in done["lines"]], [2000, 1200, 300])
        self.assertEqual((done["refund"], done["tax"], done["points_reversed"]), (3500, 230 + 35, 0))
        self.assertEqual([(p["kind"], p["amount"]) for p in done["payments"]], [("cash", 3500)])
        self.assertNotIn("order", done["lines"][0])
        self.assertEqual(self.stock("TEA"), before + 2000)

    def test_elsewhere_and_damaged(self):
        self.location("store-2")
        order = self.place(("TEA", 2000))["order"]["id"]
        before = self.stock("TEA")
        self.give_back({"order": order, "line": 1, "qty": 1000}, location="store-2")
        self.assertEqual(self.stock("TEA"), before)
        self.assertEqual(self.shop.ok("inventory.stock", {"sku": "TEA", "location": "store-2"})["on_hand"], 1000)
        self.give_back({"order": order, "line": 1, "qty": 1000, "condition": "damaged"})
        self.assertEqual(self.stock("TEA"), before)

    def test_several_orders_and_goods_without_receipt_at_once(self):
        first = self.place(("TEA", 2000), member=self.member)["order"]
        second = self.place(("SHIRT", 2000))["order"]
        before = self.points()
        done = self.give_back({"order": first["id"], "line": 1, "qty": 2000}, {"order": second["id"], "line": 1, "qty": 1000},
                              {"sku": "TEA", "qty": 1000, "price": 100}, at=1700000000000)
        self.assertEqual(done["refund"], first["total"] + 3000 + 100)
        self.assertEqual((done["member"], done["points_reversed"], done["at"]), (self.member, first["points_earned"], 1700000000000))
        self.assertEqual(self.points(), before - first["points_earned"])
        self.assertEqual(len(self.shop.ok("orders.get", {"id": second["id"]})["returns"][0]["lines"]), 1)

    def test_no_sale_has_the_number_of_a_return(self):
        """Whatever tills are called."""
        sold = self.place(("TEA", 1000), till="till-9")["order"]["id"]
        numbers = [self.place(("TEA", 1000), till=till)["order"]["number"] for till in ("till-9-r", "till-9-r0")]
        self.assertNotIn(self.give_back({"order": sold, "line": 1, "qty": 1000}, till="till-9")["number"], numbers)

    def test_a_return_holds_as_many_lines_as_a_sale(self):
        """By article, a line of the request becomes one for each sold line."""
        order = self.place(*[("GIFTWRAP", 1000)] * 1100)["order"]["id"]
        other = self.place(*[("GIFTWRAP", 1000)] * 1100)["order"]["id"]
        all_of_it = {"order": order, "sku": "GIFTWRAP", "qty": 1100000}
        self.refused(400, "out_of_range", "lines[1].qty", "orders.return", self.back(all_of_it, dict(all_of_it, order=other)))
        done = self.give_back(all_of_it, dict(all_of_it, order=other, qty=900000))
        self.assertEqual((len(done["lines"]), done["refund"]), (2000, 600000))

    def test_ids_are_taken_once(self):
        order = self.place(("TEA", 2000))["order"]["id"]
        mine = "ret_01HZZZZZZZZZZZZZZZZZZZZZZZ"
        line = {"order": order, "line": 1, "qty": 1000}
        self.assertEqual(self.give_back(line, id=mine)["id"], mine)
        self.refused(409, "exists", "id", "orders.return", self.back(line, id=mine))

    def test_free_goods_come_back_for_nothing(self):
        order = self.place(("TEA-0", 2000), cash=0)["order"]["id"]
        done = self.give_back({"order": order, "line": 1, "qty": 2000})
        self.assertEqual((done["refund"], done["payments"]), (0, []))

    def test_retired_goods_come_back(self):
        self.product("SEASON", price=500, stock=5)
        order = self.place(("SEASON", 1000))["order"]["id"]
        self.shop.ok("catalog.product.put", {"sku": "SEASON", "state": "retired"})
        self.assertEqual(self.give_back({"order": order, "line": 1, "qty": 1000})["refund"], 500)

    def test_verify_finds_nothing(self):
        order = self.place(("SHIRT", 5000), ("LEAF", 455), member=self.member)["order"]["id"]
        self.give_back({"order": order, "line": 1, "qty": 3000, "price": 100}, {"order": order, "line": 2, "qty": 101}, {"sku": "TEA", "qty": 1000})
        self.verified()


LIMITED = """
promotion { id = "budget", where = { sku = "TEA" }, percent = 13, limit = { budget = 100000000, member = 1000 } }
promotion { id = "pairs", where = { tag = "shirt" }, buy = 2, pay = 1, limit = { total = 100000, units_day = 100000 } }
promotion { id = "leaf", where = { sku = "LEAF" }, amount = 77, limit = { units = 100000 } }
promotion { id = "kept", lane = "basket", percent = 3, keeps_uses = true, limit = { budget = 100000000 } }
promotion { id = "bonus", member = true, points = 37, limit = { budget = 100000000 } }
promotion { id = "twice", member = true, points_times = 2 }
"""


class LimitsComeBack(OrdersTest):
    """What a sale used up of limits and budgets comes back with the goods, and with all of them all of it."""

    rules = LIMITED

    def used(self, rule):
        """-> (uses, units, money) in all"""
        counters = self.shop.ok("promotions.limits.list", {"rule": rule})["counters"]
        total = [counter for counter in counters if counter["scope"] == "total"]
        return tuple(total[0].get(name, 0) for name in ("uses", "units", "amount")) if total else (0, 0, 0)

    def test_in_proportion(self):
        before = self.used("budget")
        order = self.place(("TEA", 3000), member=self.member)["order"]
        self.assertEqual(self.used("budget"), (before[0] + 1, before[1] + 3000, before[2] + 776))  # 13 % of 5970
        self.give_back({"order": order["id"], "line": 1, "qty": 1000})
        self.assertEqual(self.used("budget"), (before[0] + 1, before[1] + 2000, before[2] + 776 - 258))
        self.give_back({"order": order["id"], "line": 1, "qty": 2000})
        self.assertEqual(self.used("budget"), before)

    def test_any_sequence_gives_all_of_it_back(self):
        chance = random.Random(11)
        rules = ("budget", "pairs", "leaf", "bonus")
        for turn in range(merx.fewer(12, 5)):
            before, kept, points = [self.used(rule) for rule in rules], self.used("kept"), self.points()
            lines = [("TEA", 1000 * chance.randint(1, 9)), ("SHIRT", 1000 * chance.randint(2, 5)), ("LEAF", chance.randint(1, 3000)),
                     ("TEA", 1000 * chance.randint(1, 3))]
            chance.shuffle(lines)
            order = self.place(*lines, member=self.member)["order"]
            during = [self.used(rule) for rule in rules]
            for rule, was, now in zip(rules, before, during):
                self.assertGreater(now, was, (turn, rule))
            left, last = {line["line"]: line["qty"] for line in order["lines"]}, during
            while left:
                line = chance.choice(sorted(left))
                whole = order["lines"][line - 1]["sku"] != "LEAF"
                qty = 1000 * chance.randint(1, left[line] // 1000) if whole else chance.randint(1, left[line])
                self.give_back({"order": order["id"], "line": line, "qty": qty})
                left[line] -= qty
                if not left[line]:
                    del left[line]
                now = [self.used(rule) for rule in rules]
                for rule, was, is_now in zip(rules, last, now):
                    self.assertTrue(all(a >= b for a, b in zip(was, is_now)), (turn, rule, was, is_now))
                last = now
            self.assertEqual((last, self.points()), (before, points), turn)
            self.assertGreater(self.used("kept"), kept)
        self.verified()

    def test_two_orders_in_one_return(self):
        before = self.used("budget")
        orders = [self.place(("TEA", 2000), member=self.member)["order"]["id"] for _ in range(2)]
        self.assertEqual(self.used("budget")[0], before[0] + 2)
        self.give_back(*[{"order": order, "line": 1, "qty": 2000} for order in orders])
        self.assertEqual(self.used("budget"), before)


if __name__ == "__main__":
    unittest.main()
