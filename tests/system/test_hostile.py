"""Hostile rules are loaded into a running shop, one after the other, as promotions and as listeners, while a till sells on: every
sale costs what it always costs, and the shop answers to the end."""

import glob
import os
import threading
import unittest

import merx

FOLDER = os.path.join(merx.ROOT, "tests", "data", "scripts", "hostile")
THREE_FOR_TWO = 'promotion { id = "tea-3-for-2", where = { category = "tea" }, buy = 3, pay = 2 }\n'


class Till(threading.Thread):
    """Sells three packets of tea again and again."""

    def __init__(self, shop):
        super().__init__()
        self.shop, self.stop, self.totals, self.failure = shop, False, [], None

    def run(self):
        try:
            while not self.stop:
                order = self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 3000}],
                                                      "tenders": [{"kind": "cash", "amount": 2000}]})["order"]
                self.totals.append(order["total"])
        except Exception as failure:  # shown by the test
            self.failure = failure


def hostile():
    """(name, body or whole file, is whole) of every script."""
    for path in sorted(glob.glob(os.path.join(FOLDER, "*", "*.lua"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        yield os.path.basename(path), text, ", whole file" in text.splitlines()[1]


# Where a body of the corpus stands in a draft: every kind of function that drafts can bring.
WRAPS = {
    "offers": 'promotion { id = "probe", offers = function(cart)\n%s\nend }\n',
    "test": 'test("probe", function(cart)\n%s\nend)\n',
    "property": 'property("probe", function(cart, try)\n%s\nend)\n',
}
LOOPS = [
    'test("x", function(t) while true do t.price({ lines = { { sku = "TEA", unit_price = 1000, qty = 1000 } } }) end end)\n',
    'test("x", function(t) local l = {} for i = 1, 5000 do l[i] = { sku = "TEA", unit_price = 1000, qty = 1000 } end '
    't.price({ lines = l }) end)\n',
    'test("x", function(t) local c = {} c.lines = { c } t.price(c) end)\n',
    'test("x", function(t) t.price({ lines = { { sku = "TEA", unit_price = math.maxinteger, qty = math.maxinteger } } }) end)\n',
    'test("x", function(t) t.price({ lines = { { sku = "TEA", unit_price = 0.5, qty = 1000 } } }) end)\n',
    'property("x", function(sale, try) while true do try(sale) end end)\n',
    'property("x", function(sale, try) return try(try) end)\n',
    'property("x", function(sale, try) sale.total = -1 return true end)\n',
    'property("x", function(sale, try) return 1 end)\n',
    'property(hunt.max_share(1000))\n',
    'property(hunt.max_share(0.5))\n',
    'property(hunt)\n',
]


class Hostile(unittest.TestCase):
    def test_a_till_sells_on_whatever_is_loaded(self):
        scripts = list(hostile())
        self.assertGreaterEqual(len(scripts), 90)
        with merx.Shop() as shop:
            shop.init(zone="UTC")
            rules = os.path.join(shop.folder, "rules")
            os.mkdir(rules)
            with open(os.path.join(rules, "tea.lua"), "w", encoding="utf-8") as file:
                file.write(THREE_FOR_TWO)
            shop.serve(args=["--rules", rules])
            shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
            shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 1000, "unit": "piece", "category": "tea", "tax_ppm": 0})
            shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "TEA", "qty": 900000000}]})
            till = Till(shop)
            till.start()
            loaded = 0
            try:
                for name, text, whole in scripts[::merx.fewer(1, 3)]:
                    with open(os.path.join(rules, "probe.lua"), "w", encoding="utf-8") as file:
                        file.write(text if whole else 'promotion { id = "probe", offers = function(cart)\n%s\nend }\n' % text)
                    loaded += self.load(shop, name)
                    if not whole:
                        with open(os.path.join(rules, "probe.lua"), "w", encoding="utf-8") as file:
                            file.write('on("*", function(cart, shop)\n%s\nend)\n' % text)
                        loaded += self.load(shop, name)
                    before = len(till.totals)
                    while len(till.totals) == before and till.is_alive():  # one sale at least sees it
                        till.join(0.001)
            finally:
                till.stop = True
                till.join()
            self.assertIsNone(till.failure)
            self.assertGreater(loaded, merx.fewer(100, 30))
            self.assertEqual(set(till.totals), {2000})
            ids = [rule["id"] for rule in shop.ok("scripts.rules.list")["rules"]]
            self.assertIn("tea-3-for-2", ids)

    def test_drafts_hurt_nobody(self):
        """Whatever a draft holds: it is checked, tested, hunted and tried beside the rules in force in bounded time, is told by file and
        line, and the till sells on at the price that was published."""
        with merx.Shop() as shop:
            shop.init(zone="UTC")
            shop.serve(args=["--rules", os.path.join(shop.folder, "rules")])
            shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
            shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 1000, "category": "tea", "stocked": False})
            sound = shop.ok("rules.draft.put", {"name": "tea", "source": THREE_FOR_TWO})["draft"]
            live = shop.ok("rules.publish", {"draft": sound, "note": "sound"})["text"]
            till = Till(shop)
            till.start()
            tried = 0
            try:
                for name, source in self.drafts():
                    with self.subTest(name=name):
                        self.try_draft(shop, name, source)
                        tried += 1
            finally:
                till.stop = True
                till.join()
            self.assertIsNone(till.failure)
            self.assertEqual(set(till.totals), {2000})
            self.assertEqual(shop.ok("scripts.rules.list")["version"], live)
            self.assertEqual(shop.ok("rules.draft.list").get("drafts", []), [])
            print("\n# %d hostile drafts beside %d sales" % (tried, len(till.totals)))

    def drafts(self):
        for i, source in enumerate(LOOPS):
            yield "loop %d" % i, source
        for name, text, whole in list(hostile())[::merx.fewer(2, 7)]:
            if whole:
                yield name, text
            else:
                for kind, wrap in WRAPS.items():
                    yield "%s as %s" % (name, kind), wrap % text

    def try_draft(self, shop, name, source):
        status, answer = shop.call("rules.draft.put", {"name": "probe", "source": source})
        if status == 400:
            self.assertEqual(answer["field"], "source")
            return
        draft = answer["draft"]
        status, checked = shop.call("rules.check", {"draft": draft})
        self.assertEqual(status, 200, checked)
        for finding in checked["findings"]:
            self.assertIn(finding["severity"], ("error", "warning"))
            self.assertTrue(finding["message"].isprintable(), finding)
        faulty = [finding for finding in checked["findings"] if finding["severity"] == "error"]
        self.assertEqual(checked["ok"], not faulty)
        for finding in faulty:
            self.assertTrue(finding["file"].startswith("probe.lua"), finding)
        for op, more in (("rules.test", {}), ("rules.hunt", {"carts": 5}), ("rules.shadow", {})):
            status, answer = shop.call(op, {"draft": draft, **more})
            self.assertIn(status, (200, 400, 409), (op, answer))
        shop.ok("rules.shadow", {"off": True})
        status, answer = shop.call("rules.canary", {"draft": draft, "share_ppm": 1})
        self.assertIn(status, (200, 400, 409), answer)
        if status == 200:
            shop.ok("rules.canary", {"off": True})
        if faulty:
            status, answer = shop.call("rules.publish", {"draft": draft, "note": name[:40]})
            self.assertIn(status, (400, 409), answer)
        shop.ok("rules.draft.drop", {"draft": draft})

    def test_heavy_rules_leave_the_sale_possible(self):
        """Rules that are sound one by one and too much together: the sale is made, kept, and can be read again."""
        place = ", ".join('{ where = { category = "tea" } }' for _ in range(20))
        heavy = [
            "\n".join('promotion { id = "r%d", percent = 1 }' % i for i in range(60)),
            'promotion { id = "b", bundle = { price = 1, %s } }' % place,
            'promotion { id = "b", offers = function(cart) local s, t = { price = 1 }, {} for i = 1, 20 do s[i] = {} end\n'
            'for i = 1, 5 do t[i] = { bundle = s } end return t end }',
            "\n".join('promotion { id = "r%d", percent = 1, when = function(cart) error("no") end }' % i for i in range(300)),
        ]
        with merx.Shop() as shop:
            shop.init(zone="UTC")
            shop.serve(args=["--rules", os.path.join(shop.folder, "rules")])
            shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
            for i in range(24):
                shop.ok("catalog.product.put", {"sku": "T%d" % i, "name": {"en": "Tea"}, "price": 1000 + 37 * i, "category": "tea", "stocked": False})
            for source in heavy:
                shop.ok("rules.publish", {"draft": shop.ok("rules.draft.put", {"name": "heavy", "source": source})["draft"], "note": "heavy"})
                for lines in (24, merx.fewer(2000, 900)) if source is heavy[0] else (24,):
                    order = shop.ok("orders.place", {"channel": "till", "location": "store-1", "tenders": [{"kind": "cash", "amount": 10**8}],
                                                     "lines": [{"sku": "T%d" % (i % 24), "qty": 1000} for i in range(lines)]})["order"]
                    trace = shop.ok("orders.trace.get", {"id": order["id"]})["trace"]
                    faults = trace.get("faults", [])
                    self.assertLessEqual(len(faults), 200)
                    self.assertTrue(all(fault["message"].isprintable() for fault in faults))
            self.assertEqual(shop.ok("system.verify", idem=False)["findings"], [])

    def load(self, shop, name):
        status, answer = shop.call("scripts.rules.reload")
        self.assertIn(status, (200, 400), (name, answer))
        if status == 400:
            self.assertIn("probe.lua", answer["detail"], name)
        return status == 200


if __name__ == "__main__":
    unittest.main()
