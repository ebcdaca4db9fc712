"""A draft of rules is tried on the receipts of the past: every number here was worked out by hand.

S2-7: what a promotion will do is known before it is published."""

import os
import random
import threading
import time
import unittest

import merx

DAY = 24 * 3600 * 1000
MONDAY = 1793620800000  # 2026-11-02 12:00 UTC

LIVE = """
promotion { id = "cup-20", name = { en = "Cups 20 % off" }, where = { category = "cup" }, percent = 20 }
test("a cup", function(t) t.equal(#t.offers("cup-20", { lines = { { sku = "CUP", category = "cup", unit_price = 500 } } }), 1) end)
"""

TEA = """
promotion { id = "tea-10", name = { en = "Tea 10 %% off" }, where = { category = "tea" }, percent = 10%s }
"""

CUPS = """
promotion { id = "cup-20", name = { en = "Cups 10 % off" }, where = { category = "cup" }, percent = 10 }
"""

STUMBLES = """
promotion { id = "stumbles", name = { en = "Stumbles" }, offers = function(cart) while true do end end }
"""


class Backtest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = shop = merx.Shop()
        cls.addClassCleanup(shop.stop)
        shop.init(zone="UTC")
        rules = os.path.join(shop.folder, "rules")
        os.mkdir(rules)
        with open(os.path.join(rules, "cups.lua"), "w", encoding="utf-8") as file:
            file.write(LIVE)
        shop.serve(args=["--rules", rules])
        for store in ("store-1", "store-2"):
            shop.ok("inventory.location.put", {"id": store, "name": {"en": store}, "zone": "UTC"})
        shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 1000, "unit": "piece", "category": "tea", "tax_ppm": 0})
        shop.ok("catalog.product.put", {"sku": "CUP", "name": {"en": "Cup"}, "price": 500, "unit": "piece", "category": "cup", "tax_ppm": 0})
        for store in ("store-1", "store-2"):
            shop.ok("inventory.receive", {"location": store, "lines": [{"sku": "TEA", "qty": 900000, "cost": 600},
                                                                        {"sku": "CUP", "qty": 900000, "cost": 100}]})
        cls.member = shop.ok("membership.join", {"phone": "+8613800138000", "name": "Li"})["member"]["id"]
        cls.sell(0, 2, 0, total=2000)
        cls.sell(0, 0, 1, total=400)
        cls.sell(1, 3, 1, total=3400, member=cls.member)
        cls.sell(1, 1, 0, total=1000)
        cls.sell(2, 10, 0, total=10000, location="store-2")

    @classmethod
    def sell(cls, day, teas, cups, total, location="store-1", **more):
        """Sold on the n-th day at noon and some seconds, in the order of the calls."""
        cls.seconds = getattr(cls, "seconds", 0) + 1
        lines = [{"sku": sku, "qty": pieces * 1000} for sku, pieces in (("TEA", teas), ("CUP", cups)) if pieces]
        order = cls.shop.ok("orders.place", {"at": MONDAY + day * DAY + cls.seconds * 1000, "channel": "till", "location": location,
                                             "lines": lines, "tenders": [{"kind": "cash", "amount": total}], **more})["order"]
        assert order["total"] == total, order

    def draft(self, **files):
        draft = None
        for name, source in files.items():
            draft = self.shop.ok("rules.draft.put", {"name": name, "source": source, **({"draft": draft} if draft else {})})["draft"]
        self.addCleanup(self.shop.ok, "rules.draft.drop", {"draft": draft})
        return draft

    def backtest(self, draft, **more):
        return self.shop.ok("rules.backtest", {"draft": draft, **more})

    def pick(self, report, *names):
        return {name: report[name] for name in names}

    def test_sums_are_those_of_the_receipts(self):
        report = self.backtest(self.draft(tea=TEA % ""))
        self.assertEqual(self.pick(report, "receipts", "total_before", "total_after", "discount_before", "discount_after", "changed",
                                   "cheaper", "dearer", "first_at", "last_at"),
                         {"receipts": 5, "total_before": 16800, "total_after": 16800 - 1600, "discount_before": 200,
                          "discount_after": 200 + 1600, "changed": 4, "cheaper": 4, "dearer": 0, "first_at": MONDAY + 1000,
                          "last_at": MONDAY + 2 * DAY + 5000})
        self.assertEqual(report["by_rule"], [{"rule": "tea-10", "receipts": 4, "discount": 1600, "points": 0},
                                             {"rule": "cup-20", "receipts": 2, "discount": 200, "points": 0}])
        self.assertEqual([(each["total_before"], each["total_after"]) for each in report["largest"]],
                         [(10000, 9000), (3400, 3100), (2000, 1800), (1000, 900)])
        self.assertEqual(report["largest"][1]["rules"], [{"rule": "cup-20", "amount": 100}, {"rule": "tea-10", "amount": 300}])
        self.assertEqual([(part["name"], part["receipts"], part["changed"], part["discount_before"], part["discount_after"])
                          for part in report["by_location"]],
                         [("store-1", 4, 3, 200, 800), ("store-2", 1, 1, 0, 1000)])
        self.assertEqual([part["receipts"] for part in report["by_tier"]], [4, 1])  # guests, and the one member
        self.assertEqual((report["budget_out"], report["faults"]), ([], []))

    def test_the_margin_is_what_was_paid_less_the_cost(self):
        report = self.backtest(self.draft(tea=TEA % ""))
        cost = 16 * 600 + 2 * 100
        self.assertEqual((report["margin_receipts"], report["margin_before"], report["margin_after"]),
                         (5, 16800 - cost, 16800 - 1600 - cost))

    def test_receipts_that_get_dearer_are_found(self):
        report = self.backtest(self.draft(cups=CUPS))
        self.assertEqual(self.pick(report, "changed", "dearer", "cheaper", "discount_after"),
                         {"changed": 2, "dearer": 2, "cheaper": 0, "discount_after": 100})
        self.assertEqual([(each["total_before"], each["total_after"]) for each in report["largest"]], [(400, 450), (3400, 3450)])

    def test_a_budget_runs_out_on_its_day(self):
        """200 and 300 and 100 go off; of the 1000 of the last day 400 are left of the budget."""
        report = self.backtest(self.draft(tea=TEA % ", limit = { budget = 1000 }"))
        self.assertEqual(report["discount_after"], 200 + 1000)
        self.assertEqual(report["budget_out"], [{"rule": "tea-10", "limit": "total money", "max": 1000, "at": MONDAY + 2 * DAY + 5000,
                                                 "day": "2026-11-04", "days": 1, "receipts": 1}])
        self.assertEqual(report["largest"][0]["total_after"], 9600)

    def test_a_limit_of_a_day_begins_anew_each_day(self):
        report = self.backtest(self.draft(tea=TEA % ", limit = { day = 1 }"))
        self.assertEqual(report["discount_after"], 200 + 200 + 300 + 1000)  # the second tea of the second day goes without
        self.assertEqual([(out["limit"], out["day"], out["days"], out["receipts"]) for out in report["budget_out"]],
                         [("day uses", "2026-11-02", 3, 1)])

    def test_a_limit_of_members_counts_members_alone(self):
        for who in ("member = true, ", ""):  # a guest finds the limit used up, as at the till
            report = self.backtest(self.draft(tea=TEA % (", " + who + "limit = { member = 1 }")))
            self.assertEqual(report["discount_after"], 200 + 300)
            self.assertEqual(report["budget_out"], [])

    def test_time_and_place_narrow_it_down(self):
        draft = self.draft(tea=TEA % "")
        self.assertEqual(self.backtest(draft, location="store-2")["receipts"], 1)
        self.assertEqual(self.backtest(draft, from_day="2026-11-03", to_day="2026-11-03")["receipts"], 2)
        self.assertEqual(self.backtest(draft, **{"from": MONDAY + DAY})["receipts"], 3)
        self.assertEqual(self.backtest(draft, to=MONDAY)["receipts"], 0)

    def test_it_can_be_compared_with_the_rules_in_force(self):
        report = self.backtest(self.draft(cups=CUPS), against="live")
        self.assertEqual(self.pick(report, "discount_before", "discount_after", "dearer"),
                         {"discount_before": 200, "discount_after": 100, "dearer": 2})

    def test_a_rule_that_fails_is_named(self):
        report = self.backtest(self.draft(stumbles=STUMBLES))
        self.assertEqual([(fault["rule"], fault["receipts"]) for fault in report["faults"]], [("stumbles", 5)])
        self.assertIn("stumbles.lua:", report["faults"][0]["message"])
        self.assertEqual(report["changed"], 0)

    def test_wrong_input_is_named(self):
        draft = self.draft(tea=TEA % "")
        for body, field in (({"from_day": "2026-02-30"}, "from_day"), ({"to_day": "yesterday!"}, "to_day"),
                            ({"from": 2, "to": 1}, "to"), ({"from": 2, "from_day": "2026-11-03"}, "from_day"),
                            ({"against": "heaven"}, "against"), ({"draft": "rds_" + "0" * 26}, "draft"), ({"draft": "tea"}, "draft")):
            status, problem = self.shop.call("rules.backtest", {"draft": draft, **body})
            self.assertIn(status, (400, 404), problem)
            self.assertEqual(problem.get("field"), field, problem)

    def test_the_same_twice(self):
        draft = self.draft(tea=TEA % ", limit = { budget = 700 }")
        first, second = ({name: value for name, value in self.backtest(draft).items() if name not in ("ms", "seconds")} for _ in "12")
        self.assertEqual(first, second)

    def test_whoever_may_not_is_refused(self):
        principal = self.shop.ok("identity.principal.put", {"role": "cashier", "name": "Ann"})["principal"]["id"]
        key = self.shop.ok("identity.key.create", {"principal": principal})["key"]["id"]
        secret = self.shop.ok("identity.key.reveal", {"id": key})
        secret = next(value for value in secret.values() if isinstance(value, str) and value.startswith("mx"))
        status, _ = self.shop.call("rules.backtest", {"draft": self.draft(tea=TEA % "")}, key=secret)
        self.assertEqual(status, 403)


SOLD_WITH = """
promotion { id = "tea-first", name = { en = "Tea" }, where = { category = "tea" }, percent = 10, limit = { budget = 3000, day = 4 } }
promotion { id = "cup-member", name = { en = "Cups" }, where = { category = "cup" }, percent = 15, limit = { member_day = 1, units = 30 } }
promotion { id = "pot", name = { en = "Pot" }, where = { category = "pot" }, amount = 300, limit = { member = 3, units_day = 4 } }
promotion { id = "three-cups", name = { en = "Three cups" }, where = { category = "cup" }, buy = 3, pay = 2, limit = { total = 9 } }
promotion {
    id = "two-steps", name = { en = "Two offers" }, limit = { budget_day = 500 },
    offers = function(cart)
        local made = {}
        for _, line in ipairs(cart.lines) do made[#made + 1] = { percent = 3, lines = { { line = line.line } } } end
        return made
    end,
}
promotion { id = "points", name = { en = "Points" }, points = 7, limit = { member_day = 1 }, member = true }
"""


class SoldAgain(unittest.TestCase):
    def test_the_rules_that_were_in_force_change_nothing(self):
        """Limits, budgets and days are counted in a backtest as they were at the tills; and all sums are those of their parts."""
        shop = merx.Shop()
        self.addCleanup(shop.stop)
        shop.init(zone="UTC")
        rules = os.path.join(shop.folder, "rules")
        os.mkdir(rules)
        with open(os.path.join(rules, "all.lua"), "w", encoding="utf-8") as file:
            file.write(SOLD_WITH)
        shop.serve(args=["--rules", rules])
        stores = {"east": "Asia/Shanghai", "west": "America/New_York"}
        for store, zone in stores.items():
            shop.ok("inventory.location.put", {"id": store, "name": {"en": store}, "zone": zone})
        for sku, category, price in (("TEA", "tea", 999), ("CUP", "cup", 457), ("POT", "pot", 4013)):
            shop.ok("catalog.product.put", {"sku": sku, "name": {"en": sku}, "price": price, "unit": "piece", "category": category, "tax_ppm": 60000})
            for store in stores:
                shop.ok("inventory.receive", {"location": store, "lines": [{"sku": sku, "qty": 9000000, "cost": 300}]})
        members = [shop.ok("membership.join", {"phone": "+861380013800%d" % n, "name": "Li"})["member"]["id"] for n in range(3)]
        dice = random.Random(7)
        for number in range(merx.fewer(120, 60)):
            lines = [{"sku": sku, "qty": dice.randint(1, 4) * 1000} for sku in dice.sample(["TEA", "CUP", "POT"], dice.randint(1, 3))]
            who = {"member": dice.choice(members)} if dice.random() < 0.7 else {}
            shop.ok("orders.place", {"at": MONDAY + number * 3 * 3600 * 1000, "channel": "till", "location": dice.choice(list(stores)),
                                     "lines": lines, "tenders": [{"kind": "cash", "amount": 1000000}], **who})
        draft = shop.ok("rules.draft.put", {"name": "nothing", "source": "-- nothing new\n"})["draft"]
        report = shop.ok("rules.backtest", {"draft": draft})
        self.assertEqual((report["receipts"], report["changed"], report["largest"]), (merx.fewer(120, 60), 0, []))
        self.assertEqual(report["discount_before"], report["discount_after"])
        self.assertGreater(report["discount_after"], 3000)
        self.assertEqual({(out["rule"], out["limit"]) for out in report["budget_out"]} & {("tea-first", "total money"), ("two-steps", "day money")},
                         {("tea-first", "total money"), ("two-steps", "day money")})
        for against in ({}, {"against": "live"}, {"location": "east"}, {"from_day": "2026-11-04", "to_day": "2026-11-09"}):
            report = shop.ok("rules.backtest", {"draft": draft, **against})
            self.assertEqual(sum(rule["discount"] for rule in report["by_rule"]), report["discount_after"], against)
            self.assertLessEqual(max(rule["receipts"] for rule in report["by_rule"]), report["receipts"])
            for parts in ("by_location", "by_tier"):
                for part, whole in (("discount_before",) * 2, ("discount_after",) * 2, ("receipts",) * 2, ("dearer",) * 2, ("changed",) * 2):
                    self.assertEqual(sum(row[part] for row in report[parts]), report[whole], (against, parts, part))
            self.assertEqual(report["changed"], report["dearer"] + report["cheaper"])


class Cancelled(unittest.TestCase):
    def test_a_backtest_is_cancelled_and_leaves_nothing(self):
        shop = merx.Shop()
        self.addCleanup(shop.stop)
        shop.init(zone="UTC")
        shop.serve()
        shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
        shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 1000, "unit": "piece", "category": "tea"})
        shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "TEA", "qty": 90000000}]})
        for number in range(merx.fewer(1200, 250)):
            shop.ok("orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 1000}],
                                     "tenders": [{"kind": "cash", "amount": 1000}]})
        slow = "promotion { id = 'slow', offers = function(cart) local n = 0 for i = 1, 4000 do n = n + i end return {} end }\n"
        rules = "".join(slow.replace("slow", "slow-%d" % number) for number in range(40))
        draft = shop.ok("rules.draft.put", {"name": "slow", "source": rules})["draft"]
        answers = []
        thread = threading.Thread(target=lambda: answers.append(shop.call("rules.backtest", {"draft": draft})))
        thread.start()
        self.assertTrue(self.cancel(shop), "it was never seen at work")
        thread.join()
        self.assertEqual(answers[0][1]["code"], "cancelled", answers)
        self.assertEqual(shop.ok("system.queries.list")["queries"], [])
        shop.ok("rules.draft.drop", {"draft": draft})
        shop.close()
        self.assertEqual(shop.verify().returncode, 0)

    def cancel(self, shop):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for query in shop.ok("system.queries.list")["queries"]:
                if query["op"] == "rules.backtest" and query["done"]:
                    return shop.call("system.queries.cancel", {"id": query["id"]})[0] == 200
            time.sleep(0.005)
        return False


if __name__ == "__main__":
    unittest.main()
