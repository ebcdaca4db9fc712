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

    def load(self, shop, name):
        status, answer = shop.call("scripts.rules.reload")
        self.assertIn(status, (200, 400), (name, answer))
        if status == 400:
            self.assertIn("probe.lua", answer["detail"], name)
        return status == 200


if __name__ == "__main__":
    unittest.main()
