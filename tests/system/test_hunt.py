"""Properties of rules are hunted with generated carts: what is found is the smallest cart that shows it.

S2-7: what a promotion must never do is written down beside it, and looked for before it is published."""

import os
import threading
import time
import unittest

import merx

PLANTED = """
promotion { id = "tea-50", name = { en = "Tea at half price" }, where = { category = "tea" }, percent = 50 }
promotion { id = "cup-5", name = { en = "Cups" }, where = { category = "cup" }, percent = 5 }
property(hunt.never_below_cost)
"""

HARMLESS = """
promotion { id = "tea-5", name = { en = "Tea" }, where = { category = "tea" }, percent = 5 }
property(hunt.never_below_cost)
property(hunt.monotone)
property(hunt.max_share(5))
property("every line pays", function(sale, try)
    for _, line in ipairs(sale.lines) do if line.total < 1 then return false, "line " .. line.line .. " is free" end end
    return true
end)
"""

CLIFF = """
promotion {
    id = "small-carts", name = { en = "Small carts half off" }, percent = 50,
    when = function(cart) return cart.total < 10000 end,
}
property(hunt.monotone)
property("a line more is never dearer than the line", function(sale, try)
    local more = try.with{ sku = "TEA" }
    return more.total - sale.total <= 1000, "a tea for " .. (more.total - sale.total)
end)
property("a line less never costs more", function(sale, try)
    for n = 1, #sale.lines do
        local less = try.without(n)
        if less ~= nil and less.total > sale.total then return false, "without line " .. n .. " it costs more" end
    end
    return true
end)
"""

GIFT = """
promotion { id = "third-free", name = { en = "Third tea free" }, where = { sku = "TEA" }, buy = 3, pay = 2 }
property("at most 30 % off", function(sale) return sale.discount * 10 <= sale.base * 3, "off: " .. sale.discount end)
"""

ASKS_MUCH = """
promotion { id = "slow", percent = 5, when = function(cart) local n = 0 for i = 1, 4000 do n = n + i end return true end }
property("nothing holds", function(sale, try)
    for i = 1, 50 do try.with(1) end
    return false
end)
"""

WRONG = """
promotion { id = "tea-5", name = { en = "Tea" }, where = { category = "tea" }, percent = 5 }
property("confused", function(sale) return sale.nothing.there end)
property(hunt.max_share(100))
"""


class Hunt(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = shop = merx.Shop()
        cls.addClassCleanup(shop.stop)
        shop.init(zone="UTC")
        shop.serve(args=["--rules", os.path.join(shop.folder, "no-rules")])
        shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
        for sku, category, price, cost in (("TEA", "tea", 1000, 600), ("CUP", "cup", 500, 100), ("POT", "pot", 4000, 1500)):
            shop.ok("catalog.product.put", {"sku": sku, "name": {"en": sku}, "price": price, "unit": "piece", "category": category, "tax_ppm": 0})
            shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": sku, "qty": 900000, "cost": cost}]})
        for skus in (["TEA"], ["CUP", "POT"], ["TEA", "CUP", "POT"]):
            shop.ok("orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": sku, "qty": 1000} for sku in skus],
                                     "tenders": [{"kind": "cash", "amount": 10000}]})

    def hunt(self, source, **more):
        draft = self.shop.ok("rules.draft.put", {"name": "hunted", "source": source})["draft"]
        try:
            return self.shop.ok("rules.hunt", {"draft": draft, **more})
        finally:
            self.shop.ok("rules.draft.drop", {"draft": draft})

    def test_a_planted_sale_below_cost_is_found_and_made_small(self):
        report = self.hunt(PLANTED)
        self.assertEqual(len(report["failures"]), 1, report)
        failure = report["failures"][0]
        self.assertEqual((failure["property"], failure["file"], failure["line"]), ("hunt.never_below_cost", "hunted.lua", 4))
        self.assertEqual([(line["sku"], line["qty"]) for line in failure["cart"]["lines"]], [("TEA", 1000)])
        self.assertEqual((failure["total"], failure["discount"]), (500, 500))
        self.assertIn("TEA goes for 5.00 without tax, and the shop paid 6.00", failure["message"])
        self.assertNotIn("member", failure["cart"])

    def test_harmless_rules_stand_all_carts(self):
        report = self.hunt(HARMLESS, carts=merx.fewer(2000, 300))
        self.assertEqual((report["carts"], report["failures"], report["faults"]), (merx.fewer(2000, 300), [], []))
        self.assertEqual(report["properties"], ["hunt.never_below_cost", "hunt.monotone", "hunt.max_share(5)", "every line pays"])

    def test_a_cliff_is_found_by_trying_other_carts(self):
        report = self.hunt(CLIFF, carts=merx.fewer(5000, 3000))
        found = {failure["property"]: failure for failure in report["failures"]}
        self.assertEqual(set(found), {"hunt.monotone", "a line more is never dearer than the line"}, report["faults"])
        self.assertLess(found["hunt.monotone"]["cart"]["total"], 10000)
        self.assertRegex(found["a line more is never dearer than the line"]["message"], "^a tea for [0-9]+$")

    def test_quantities_at_the_edge_are_tried(self):
        failure = self.hunt(GIFT)["failures"][0]
        self.assertEqual([(line["sku"], line["qty"]) for line in failure["cart"]["lines"]], [("TEA", 3000)])
        self.assertEqual(failure["message"], "off: 1000")

    def test_a_property_that_fails_itself_is_told_apart(self):
        report = self.hunt(WRONG, carts=50)
        self.assertEqual([fault["rule"] for fault in report["faults"]], ["confused"])
        self.assertIn("hunted.lua:3", report["faults"][0]["message"])
        self.assertEqual(report["failures"], [])

    def test_it_can_be_cancelled_while_a_cart_is_made_smaller(self):
        draft = self.shop.ok("rules.draft.put", {"name": "hunted", "source": ASKS_MUCH})["draft"]
        self.addCleanup(self.shop.ok, "rules.draft.drop", {"draft": draft})
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.shop.call("rules.hunt", {"draft": draft, "carts": 1})))
        thread.start()
        deadline = time.monotonic() + 60
        queries = []
        while time.monotonic() < deadline and not queries:
            queries = [query for query in self.shop.ok("system.queries.list")["queries"] if query["total"]]
        self.shop.ok("system.queries.cancel", {"id": queries[0]["id"]})
        thread.join()
        self.assertEqual(answers[0][1].get("code"), "cancelled", answers)

    def test_the_same_number_finds_the_same(self):
        first, second, other = (self.hunt(PLANTED, seed=seed) for seed in (7, 7, 8))
        self.assertEqual(first, second)
        self.assertEqual(other["failures"][0]["cart"]["lines"], first["failures"][0]["cart"]["lines"])

    def test_without_properties_the_common_ones_are_hunted(self):
        report = self.hunt("promotion { id = 'tea-50', where = { category = 'tea' }, percent = 50 }")
        self.assertEqual(report["properties"], ["hunt.never_below_cost", "hunt.monotone"])
        self.assertEqual(len(report["failures"]), 1)

    def test_what_is_no_property_is_named_with_its_line(self):
        for source, words in (("\nproperty('nothing')", "hunted.lua:2"), ("property('x', 1)", "takes a text and a function"),
                              ("property(hunt.max_share(101))", "from 0 to 100"), ("property(hunt.sideways)", "hunted.lua:1"),
                              ("property(hunt.monotone, function() return true end)", "needs no function")):
            draft = self.shop.ok("rules.draft.put", {"name": "hunted", "source": source})["draft"]
            status, problem = self.shop.call("rules.hunt", {"draft": draft})
            self.shop.ok("rules.draft.drop", {"draft": draft})
            self.assertEqual(status, 400, problem)
            self.assertIn(words, problem["detail"])


if __name__ == "__main__":
    unittest.main()
