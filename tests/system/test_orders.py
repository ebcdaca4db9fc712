"""Selling: prices, refusals, numbers, promotions and their traces, lists."""

import threading
import unittest

import merx
from sales import OrdersTest

NOBODY = "mem_" + "0" * 26
RULES = """
promotion { id = "shirts", name = {en = "2 for 1", zh = "买二付一"}, lane = "item", where = {tag = "shirt"}, buy = 2, pay = 1 }
promotion { id = "big", lane = "basket", percent = 5, min_total = 20000 }
promotion { id = "member", lane = "member", member = true, percent = 10 }
promotion { id = "broken", lane = "flash", where = {sku = "BROKEN"}, percent = 50, when = function(cart) return cart.nothing.there end }
"""


class Selling(OrdersTest):
    def test_a_sale_by_the_contract(self):
        """Features S0: sell, receipt number, change, tax, stock, points in one step."""
        before = self.stock("TEA")
        answer = self.place(("TEA", 2000), ("LEAF", 455), till="till-9", member=self.member, cash=10000)
        order = answer["order"]
        self.assertTrue(order["id"].startswith("ord_"))
        self.assertEqual(order["number"], "till-9-000001")
        self.assertEqual((order["state"], order["currency"], order["total"], order["discount"]), ("paid", "CNY", 5072, 0))
        self.assertEqual([(l["line"], l["sku"], l["qty"], l["unit_price"], l["tax"], l["discounts"], l["total"]) for l in order["lines"]],
                         [(1, "TEA", 2000, 1990, 458, [], 3980), (2, "LEAF", 455, 2399, 0, [], 1092)])
        self.assertEqual(order["lines"][0]["name"], {"en": "Article TEA"})
        self.assertEqual(order["tax"], 458)
        self.assertEqual(answer["change"], 4928)
        self.assertEqual([(p["kind"], p["amount"], p["state"]) for p in order["payments"]], [("cash", 5072, "captured")])
        self.assertEqual(order["points_earned"], 50)
        self.assertEqual(self.stock("TEA"), before - 2000)
        got = self.shop.ok("orders.get", {"id": order["id"]})
        self.assertEqual(got["returns"], [])
        for name, value in order.items():
            self.assertEqual(got["order"][name], value, name)

    def test_the_same_key_gives_the_same_answer(self):
        body = self.sale(("TEA", 1000))
        first = self.shop.call("orders.place", body, idem="same-key-1")
        self.assertEqual(self.shop.call("orders.place", body, idem="same-key-1"), first)
        self.assertEqual(first[0], 200)

    def test_bad_lines_are_named(self):
        for body, status, code, field in [
            (self.sale(), 400, "out_of_range", "lines"),
            (self.sale({"sku": "TEA"}), 400, "missing_field", "lines[0].qty"),
            (self.sale({"qty": 1000}), 400, "missing_field", "lines[0].sku"),
            (self.sale(("TEA", 0)), 400, "out_of_range", "lines[0].qty"),
            (self.sale(("TEA", -1000)), 400, "out_of_range", "lines[0].qty"),
            (self.sale(("TEA", 1000), ("TEA", 1500)), 400, "out_of_range", "lines[1].qty"),
            (self.sale(("TEA", "1")), 400, "wrong_type", "lines[0].qty"),
            (self.sale({"sku": "TEA", "qty": 1000, "colour": "red"}), 400, "unknown_field", "lines[0].colour"),
            (self.sale(("TEA", 1000), ("NO-SUCH", 1000)), 409, "unknown_sku", "lines[1].sku"),
            (self.sale(("OLD", 1000)), 409, "retired", "lines[0].sku"),
            (self.sale(("TEA", 1000), location="nowhere"), 409, "unknown_location", "location"),
            (self.sale(("GIFTWRAP", 1000), location="nowhere"), 409, "unknown_location", "location"),
            (self.sale(("TEA", 1000), member=NOBODY), 409, "unknown_member", "member"),
            (self.sale(("TEA", 1000), member="someone"), 400, None, "member"),
            (self.sale(("TEA", 1000), channel=None), 400, "missing_field", "channel"),
            (self.sale(("TEA", 9007199254740000)), 400, "out_of_range", "lines[0].qty"),
            (self.sale(("TEA", 1000), expected_total=1900), 409, "total_changed", "expected_total"),
            (self.sale(("TEA", 1000), tenders=[{"kind": "gold", "amount": 1990}]), 400, None, "tenders[0].kind"),
            (self.sale(("TEA", 1000), till_seq=5), 400, "missing_field", "till"),
            (self.sale(("TEA", 1000), coupons=["SPRING", ""]), 400, "out_of_range", "coupons[1]"),
            (self.sale(("TEA", 1000), coupons=["S" * 65]), 400, "out_of_range", "coupons[0]"),
            (self.sale(("TEA", 1000), coupons=["SPRING", "OTHER", "SPRING"]), 400, "bad_input", "coupons[2]"),
        ]:
            with self.subTest(body=body):
                before = len(self.orders()), self.stock("TEA")
                got, answer = self.shop.call("orders.place", body)
                self.assertEqual((got, answer.get("field")), (status, field), answer)
                if code:
                    self.assertEqual(answer["code"], code)
                self.assertEqual((len(self.orders()), self.stock("TEA")), before)

    def test_the_right_total_is_told(self):
        answer = self.refused(409, "total_changed", "expected_total", "orders.place", self.sale(("TEA", 1000), expected_total=1900))
        self.assertIn("1990", answer["detail"])
        self.place(("TEA", 1000), expected_total=1990)

    def test_short_stock_names_the_line(self):
        self.product("FEW", stock=3)
        self.refused(409, "short_stock", None, "orders.place", self.sale(("TEA", 1000), ("FEW", 2000), ("FEW", 2000)))
        self.refused(409, "short_stock", "lines[0].qty", "orders.place", self.sale(("FEW", 4000)))
        self.assertEqual(self.stock("FEW"), 3000)
        self.place(("FEW", 2000), ("FEW", 1000))
        self.assertEqual(self.stock("FEW"), 0)

    def test_services_and_free_goods(self):
        answer = self.place(("GIFTWRAP", 1000), cash=300)
        self.assertEqual(answer["order"]["total"], 300)
        answer = self.place(("TEA-0", 1000), cash=0)
        self.assertEqual((answer["order"]["total"], answer["order"]["payments"], answer["change"]), (0, [], 0))

    def test_prices_by_hand_need_right_and_reason(self):
        line = {"sku": "TEA", "qty": 3000, "price": 5, "reason": "torn"}
        self.refused(403, "forbidden", "lines[0].price", "orders.place", self.sale(line), key=self.cashier)
        self.refused(400, "missing_field", "lines[0].reason", "orders.place", self.sale({"sku": "TEA", "qty": 3000, "price": 5}))
        self.refused(400, "missing_field", "lines[0].reason", "orders.place", self.sale(dict(line, reason="  ")))
        order = self.place(line)["order"]
        self.assertEqual((order["total"], order["lines"][0]["unit_price"], order["lines"][0]["reason"]), (15, 5, "torn"))
        self.assertEqual(self.place({"sku": "TEA", "qty": 1000, "price": 0, "reason": "gift"}, cash=0)["order"]["total"], 0)

    def test_time_needs_the_right(self):
        self.refused(403, "forbidden", "at", "orders.place", self.sale(("TEA", 1000), at=1300000000000), key=self.cashier)
        self.assertEqual(self.place(("TEA", 1000), at=1300000000000)["order"]["at"], 1300000000000)
        self.refused(400, "out_of_range", "at", "orders.place", self.sale(("TEA", 1000), at=9000000000000))

    def test_roles(self):
        self.assertEqual(self.shop.call("orders.place", self.sale(("TEA", 1000)), key=self.cashier)[0], 200)
        auditor = self.shop.make_key("auditor")
        self.refused(403, "forbidden", None, "orders.place", self.sale(("TEA", 1000)), key=auditor)
        self.refused(403, "forbidden", None, "orders.return", {"location": "store-1", "reason": "x", "lines": [{"sku": "TEA", "qty": 1000}]},
                     key=auditor)

    def test_ids_and_till_numbers_are_taken_once(self):
        mine = "ord_01HZZZZZZZZZZZZZZZZZZZZZZZ"
        self.assertEqual(self.place(("TEA", 1000), id=mine)["order"]["id"], mine)
        self.refused(409, "exists", "id", "orders.place", self.sale(("TEA", 1000), id=mine))
        self.place(("TEA", 1000), till="till-5", till_seq=77)
        self.refused(409, "till_seq_used", "till_seq", "orders.place", self.sale(("TEA", 1000), till="till-5", till_seq=77))
        self.place(("TEA", 1000), till="till-6", till_seq=77)
        self.place(("TEA", 1000), till="till-5", till_seq=78)

    def test_receipt_numbers_have_no_gap(self):
        numbers = []
        for turn in range(8):
            if turn % 2:
                self.refused(409, "tender_too_small", "tenders", "orders.place", self.sale(("TEA", 1000), till="till-gap", cash=1989))
            else:
                numbers.append(self.place(("TEA", 1000), till="till-gap")["order"]["number"])
        self.assertEqual(numbers, ["till-gap-%06d" % n for n in range(1, 5)])

    def test_a_quote_is_the_sale_without_a_trace(self):
        lines = [("TEA", 2000), ("LEAF", 333), {"sku": "SHIRT", "qty": 1000, "price": 4500, "reason": "stain"}]
        before = len(self.orders()), self.stock("TEA")
        quote = self.quote(*lines, member=self.member)
        self.assertEqual((len(self.orders()), self.stock("TEA")), before)
        for name in ("id", "number", "state", "payments"):
            self.assertNotIn(name, quote)
        order = self.place(*lines, member=self.member, expected_total=quote["total"])["order"]
        for name in ("total", "tax", "discount", "points_earned", "lines", "currency", "member"):
            self.assertEqual(order[name], quote[name], name)
        body = self.sale(*lines, member=self.member, expected_total=1, till="till-q", till_seq=1)
        self.assertEqual(self.shop.ok("orders.quote", body)["order"]["total"], quote["total"])
        unknown = {"channel": "till", "location": "nowhere", "lines": [{"sku": "TEA", "qty": 1000}]}
        self.refused(409, "unknown_location", "location", "orders.quote", unknown)

    def test_the_longest_order_a_document_holds(self):
        lines = [("TEA-0" if n % 2 else "GIFTWRAP", 1000) for n in range(merx.fewer(1000, 300))]
        order = self.place(*lines)["order"]
        self.assertEqual(len(order["lines"]), len(lines))
        self.assertEqual(order["total"], 300 * sum(line[0] == "GIFTWRAP" for line in lines))
        self.assertEqual(len(self.shop.ok("orders.get", {"id": order["id"]})["order"]["lines"]), len(lines))

    def test_lists_page_by_cursor(self):
        ids = [self.place(("TEA", 1000), till="till-list", at=1400000000000 + n * 1000)["order"]["id"] for n in range(7)]
        got, after = [], None
        while True:
            page = self.shop.ok("orders.list", {"till": "till-list", "limit": 3, **({"after": after} if after else {})})
            got += [order["id"] for order in page["orders"]]
            after = page.get("next")
            if not after:
                break
            self.assertEqual(len(page["orders"]), 3)
        self.assertEqual(got, ids)
        window = {"till": "till-list", "from": 1400000002000, "until": 1400000005000}
        self.assertEqual([o["id"] for o in self.shop.ok("orders.list", window)["orders"]], ids[2:5])
        self.assertEqual([o["id"] for o in self.shop.ok("orders.list", {**window, "newest_first": True})["orders"]], ids[4:1:-1])
        self.assertNotIn("lines", self.shop.ok("orders.list", window)["orders"][0])
        self.refused(400, "bad_input", "from", "orders.list", {"from": 5})
        self.refused(400, "bad_input", "after", "orders.list", {"till": "till-list", "after": "nonsense"})
        self.assertEqual(self.shop.ok("orders.list", {"member": self.member, "till": "till-list"})["orders"], [])

    def test_unknown_orders(self):
        self.refused(404, "not_found", "id", "orders.get", {"id": "ord_" + "1" * 26})
        self.refused(404, "not_found", "id", "orders.trace.get", {"id": "ord_" + "1" * 26})

    def test_verify_finds_nothing(self):
        self.place(("TEA", 1000), member=self.member)
        self.verified()


class TaxOnTop(OrdersTest):
    settings = {"tax_included": "no"}

    def test_tax_is_added(self):
        order = self.place(("TEA", 1000))["order"]
        self.assertEqual((order["tax"], order["total"], order["lines"][0]["total"]), (259, 2249, 2249))


class Promotions(OrdersTest):
    rules = RULES

    def test_buy_two_pay_one(self):
        order = self.place(("SHIRT", 1000), ("SHIRT-2", 1000))["order"]
        self.assertEqual((order["total"], order["discount"]), (6000, 4000))
        self.assertEqual([line["discounts"] for line in order["lines"]],
                         [[{"rule": "shirts", "amount": 2400}], [{"rule": "shirts", "amount": 1600}]])
        self.assertEqual(order["discounts"], [{"rule": "shirts", "name": {"en": "2 for 1", "zh": "买二付一"}, "amount": 4000}])

    def test_lanes_follow_each_other(self):
        order = self.place(("SHIRT", 4000), ("TEA", 10000), member=self.member)["order"]
        # 24000 + 19900; shirts -12000; 5 % of 31900; 10 % of 30305
        self.assertEqual([(rule["rule"], rule["amount"]) for rule in order["discounts"]],
                         [("shirts", 12000), ("big", 1595), ("member", 3031)])
        self.assertEqual(order["total"], 27274)
        self.assertEqual(order["points_earned"], 272)

    def test_hand_prices_take_no_offer(self):
        order = self.place({"sku": "SHIRT", "qty": 2000, "price": 5000, "reason": "x"}, member=self.member)["order"]
        self.assertEqual((order["total"], order["discount"]), (10000, 0))

    def test_the_trace_says_why_and_why_not(self):
        order = self.place(("SHIRT", 2000), ("TEA", 1000), member=self.member)["order"]
        trace = self.shop.ok("orders.trace.get", {"id": order["id"]})["trace"]
        self.assertEqual(trace["facts"]["total"], 13990)
        self.assertEqual([line["sku"] for line in trace["facts"]["lines"]], ["SHIRT", "TEA"])
        outcomes = {outcome["rule"]: outcome for outcome in trace["outcomes"]}
        self.assertEqual((outcomes["shirts"]["state"], outcomes["shirts"]["amount"]), ("applied", 6000))
        self.assertEqual((outcomes["member"]["state"], outcomes["member"]["amount"]), ("applied", 799))
        if "big" in outcomes:  # a rule may look at the total itself
            self.assertEqual((outcomes["big"]["state"], outcomes["big"]["missing"]), ("below_min_total", 20000 - 7990))
        self.assertEqual(trace["version"], order["rules_version"])

    def test_a_failing_rule_does_not_stop_the_sale(self):
        order = self.place(("BROKEN", 1000))["order"]
        self.assertEqual(order["total"], 100)
        self.assertEqual([fault["rule"] for fault in order["faults"]], ["broken"])

    def test_verify_finds_nothing(self):
        self.place(("SHIRT", 3000), ("LEAF", 777), member=self.member)
        self.verified()


class Hints(OrdersTest):
    """A quote says what the customer could still do to pay less, the largest gain first, in English and Chinese."""

    rules = """
    promotion { id = "pairs", where = { sku = "SHIRT" }, buy = 2, pay = 1, name = { en = "2 for 1", zh = "买二付一" } }
    promotion { id = "big", lane = "basket", min_total = 9000, percent = 10, name = { en = "From 90: 10 % off", zh = "满90享9折" } }
    promotion { id = "save", spend = 8000, save = 500, name = { en = "5 off 80" } }
    promotion { id = "card", tender = "card", amount = 100, name = { en = "Card day" } }
    promotion { id = "night", hours = "03:00-03:01", where = { sku = "SHIRT" }, percent = 5, name = { en = "Night owl" } }
    promotion { id = "gold", member = "gold", percent = 50, name = { en = "Gold" } }
    promotion { id = "members", member = true, percent = 40, name = { en = "Members" } }
    promotion { id = "far", min_total = 900000, percent = 10, name = { en = "Far" } }
    promotion { id = "many", where = { sku = "SHIRT" }, min_qty = 20000, percent = 10, name = { en = "Many" } }
    promotion { id = "few", where = { sku = "SHIRT" }, min_qty = 3000, percent = 1, name = { en = "Few" } }
    """

    def hints(self, *lines, **more):
        return self.shop.ok("orders.quote", self.sale(*lines, at=1767758400000, **more))["hints"]

    def test_near_misses_that_she_can_mend(self):
        hints = self.hints(("SHIRT", 1000))
        self.assertEqual([hint["gain"] for hint in hints], sorted([hint["gain"] for hint in hints], reverse=True))
        by_rule = {hint["rule"]: hint for hint in hints}
        self.assertEqual(len(hints), 5)
        for never in ("gold", "members", "far", "many"):
            self.assertNotIn(never, by_rule)
        self.assertEqual((by_rule["pairs"]["text"], by_rule["pairs"]["gain"], by_rule["pairs"]["missing"]),
                         ({"en": 'Buy one more piece to get "2 for 1".', "zh": "再买 1 件,即享“买二付一”。"}, 6000, 1000))
        self.assertEqual((by_rule["big"]["text"], by_rule["big"]["missing"]),
                         ({"en": 'Spend 30.00 more in the cart to get "From 90: 10 % off".', "zh": "整单还差 30.00,即享“满90享9折”。"}, 3000))
        self.assertEqual(by_rule["save"]["text"]["en"], 'Spend 20.00 more on its goods to get "5 off 80".')

    def test_another_tender_or_time(self):
        by_rule = {hint["rule"]: hint["text"] for hint in self.hints(("SHIRT", 4000))}
        self.assertEqual(by_rule["card"], {"en": 'Pay with card to get "Card day".', "zh": "支付方式选择 银行卡,即享“Card day”。"})
        self.assertEqual(by_rule["night"]["en"], 'Come when it is on (only at 03:00-03:01) to get "Night owl".')

    def test_nothing_to_do(self):
        self.assertEqual([hint["rule"] for hint in self.hints(("TEA-0", 1000), tenders=[{"kind": "card", "amount": 1}])], [])


class Facts(OrdersTest):
    """What rules may look at besides the articles, in the sale's own snapshot; asked for only when somebody wants to know."""

    rules = """
    promotion { id = "half", where = { sku = "COSTLY" }, percent = 50 }
    promotion { id = "full-shelf", offers = function(cart)
      local lines = {}
      for _, line in ipairs(cart.lines) do
        if line.stock and line.stock > 50000 then table.insert(lines, { line = line.line }) end
      end
      return #lines > 0 and { { kind = "percent", percent = 1, lines = lines } } or nil
    end }
    """

    def facts(self, order):
        return self.shop.ok("orders.trace.get", {"id": order["id"]})["trace"]["facts"]

    def test_what_the_rules_saw(self):
        order = self.place({"sku": "TEA", "qty": 2000, "lot": "L1", "expires_at": 1900000000000}, ("GIFTWRAP", 1000), member=self.member,
                           facts={"weather": "rain"}, till="till-f", tenders=[{"kind": "cash", "amount": 5000}])["order"]
        facts = self.facts(order)
        self.assertEqual((facts["zone"], facts["key"], facts["facts"], facts["tenders"], facts["tier"], facts["digits"]),
                         ("Asia/Shanghai", self.member, {"weather": "rain"}, ["cash"], "basic", 2))
        self.assertEqual({counter["name"] for counter in facts["counters"]}, {"orders", "spent_minor", "visits"})
        tea, wrap = facts["lines"]
        self.assertEqual((tea["lot"], tea["expires_at"], tea["list_price"], tea["tax_ppm"], tea["stock_known"]),
                         ("L1", 1900000000000, 1990, 130000, True))
        self.assertEqual((wrap["stock_known"], wrap["cost_known"], wrap["shipping"]), (False, False, False))

    def test_stock_before_the_sale(self):
        before = self.stock("SHIRT")
        self.assertEqual(self.facts(self.place(("SHIRT", 2000))["order"])["lines"][0]["stock"], before)

    def test_never_below_cost(self):
        self.product("COSTLY", price=1130, tax_ppm=130000)
        self.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "COSTLY", "qty": 9000, "cost": 800}]})
        self.assertEqual(self.place(("COSTLY", 1000))["order"]["total"], 565)
        self.shop.ok("promotions.stacking.put", {"keep_cost": True})
        try:
            order = self.place(("COSTLY", 1000))["order"]
            self.assertEqual(order["total"] - order["tax"], 800)
            self.assertEqual(self.facts(order)["lines"][0]["cost"], 800)
            self.assertTrue(self.shop.ok("orders.explain", {"order": order["id"]})["reproduced"])
        finally:
            self.shop.ok("promotions.stacking.put", {"keep_cost": False})

    def test_bad_facts_are_named(self):
        for body, field in [(self.sale(("TEA", 1000), facts={"weather": 5}), "facts.weather"),
                            (self.sale(("TEA", 1000), facts={"n%d" % n: "x" for n in range(33)}), "facts"),
                            (self.sale(("TEA", 1000), facts={"n" * 65: "x"}), "facts"),
                            (self.sale(("TEA", 1000), facts={"weather": "x" * 201}), "facts"),
                            (self.sale({"sku": "TEA", "qty": 1000, "lot": "L" * 21}), "lines[0].lot"),
                            (self.sale(("TEA", 1000), held="ord_" + "1" * 26), "held")]:
            self.refused(400, self.shop.call("orders.place", body)[1]["code"], field, "orders.place", body)


class NothingAsked(OrdersTest):
    def test_goods_are_not_looked_at_for_nothing(self):
        order = self.place(("TEA", 1000))["order"]
        line = self.shop.ok("orders.trace.get", {"id": order["id"]})["trace"]["facts"]["lines"][0]
        self.assertEqual((line["stock_known"], line["cost_known"]), (False, False))


class LastUnits(OrdersTest):
    def test_twenty_units_and_sixteen_buyers(self):
        """Many buyers, few units: every unit is sold once, and the receipt numbers of each till have no gap."""
        self.product("RARE", stock=20)
        results, numbers = [], []

        def buy(till):
            client = self.shop.client()
            for _ in range(5):
                status, answer = client.call("orders.place", self.sale(("RARE", 1000), till=till))
                results.append((status, answer.get("code")))
                if status == 200:
                    numbers.append(answer["order"]["number"])
            client.close()

        buyers = [threading.Thread(target=buy, args=("till-%d" % (n % 4),)) for n in range(16)]
        for buyer in buyers:
            buyer.start()
        for buyer in buyers:
            buyer.join()
        self.assertEqual(sorted(set(results)), [(200, None), (409, "short_stock")])
        self.assertEqual(results.count((200, None)), 20)
        self.assertEqual(self.stock("RARE"), 0)
        for till in range(4):
            mine = sorted(number for number in numbers if number.startswith("till-%d-" % till))
            self.assertEqual(mine, ["till-%d-%06d" % (till, n + 1) for n in range(len(mine))])


if __name__ == "__main__":
    unittest.main()
