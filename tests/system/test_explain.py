"""orders.explain: every receipt proves its own total, says who won, who lost and why, in two languages."""

import random
import unittest

import merx
import test_upgrade
from sales import OrdersTest

RULES = """
promotion { id = "percent-off-tea", where = { sku = "TEA" }, percent = 10, name = { en = "Tea: 10 % off", zh = "茶叶九折" } }
promotion { id = "shirts", where = { tag = "shirt" }, buy = 2, pay = 1, name = { en = "2 for 1", zh = "买二付一" } }
promotion { id = "second-half", where = { tag = "shirt" }, nth = 2, percent = 50, group = "shirts" }
promotion { id = "third-free", where = { sku = "SHIRT-2" }, buy = 3, pay = 2, group = "shirts" }
promotion { id = "flash", where = { sku = "MUG" }, price = 700, limit = { units = 40 } }
promotion { id = "bundle", lane = "item",
            bundle = { price = 7000, { where = { sku = "SHIRT" }, pieces = 1 }, { where = { sku = "MUG" }, pieces = 1 } } }
promotion { id = "mix", where = { category = "pens" }, mix = { pieces = 3, price = 500 } }
promotion { id = "steps", where = { sku = "MUG" }, steps = { { pieces = 3, percent = 5 }, { pieces = 6, percent = 10 } } }
promotion { id = "leaf", where = { sku = "LEAF" }, steps = { { qty = 500, amount = 100 }, { qty = 1500, amount = 400 } } }
promotion { id = "gift", where = { category = "pens" }, spend = 1000, gift = { where = { sku = "CUP" }, pieces = 1 } }
promotion { id = "save", spend = 20000, save = 1500, repeats = true, max_off = 4000 }
promotion { id = "big", lane = "basket", min_total = 20000, percent = 5, name = { en = "From 200: 5 % off", zh = "满200元享95折" } }
promotion { id = "spring", coupon = { "SPRING", "LENZ" }, percent = 7, max_line = 900 }
promotion { id = "gold", member = "gold", percent = 8 }
promotion { id = "member", lane = "member", member = true, percent = 3, limit = { member_day = 1 } }
promotion { id = "card", tender = "card", amount = 200, limit = { member = 2, budget = 5000 } }
promotion { id = "rain", facts = { weather = "rain" }, where = { sku = "CUP" }, percent = 20 }
promotion { id = "weekend", weekday = { "sat", "sun" }, percent = 2 }
promotion { id = "lunch", hours = "11:00-14:00", where = { sku = "CUP" }, amount = 50, name = { en = "Lunch cup", zh = "午市" } }
promotion { id = "free-way", shipping = true, min_total = 15000, percent = 100 }
promotion { id = "more-points", member = true, points_times = 2, where = { sku = "TEA" } }
promotion { id = "extra-points", member = true, points = 50, min_total = 5000 }
promotion { id = "old-stock", where = { category = "fresh" }, expiry = { { days = 3, percent = 20 }, { days = 1, percent = 50 } } }
promotion { id = "own", offers = function(cart)
  local lines = {}
  for _, line in ipairs(cart.lines) do
    if line.category == "pens" and line.qty >= 2000 then table.insert(lines, { line = line.line, qty = 1000 }) end
  end
  if #lines == 0 then return nil end
  return { { kind = "percent", percent = 30, lines = lines }, { kind = "amount", amount = 20, lines = lines, priority = 2 } }
end }
promotion { id = "fails", offers = function(cart)
  if cart.total % 7 == 0 then error("seven") end
  return nil
end }
"""

DAY_MS = 24 * 3600 * 1000


class Explained(OrdersTest):
    rules = RULES

    @classmethod
    def fill(cls):
        super().fill()
        test = cls()
        test.product("MUG", price=990, stock=100000, category="ware", brand="kiln")
        test.product("CUP", price=455, stock=100000, category="ware")
        test.product("PEN-1", price=199, stock=100000, category="pens")
        test.product("PEN-2", price=249, stock=100000, category="pens")
        test.product("MILK", price=600, stock=100000, category="fresh")
        test.product("POST", price=800, stocked=False, category="shipping")
        more = [{"sku": sku, "qty": 100000000} for sku in ("TEA", "TEA-0", "SHIRT", "SHIRT-2", "LEAF")]
        cls.shop.ok("inventory.receive", {"location": "store-1", "lines": more})
        cls.second = cls.shop.ok("membership.join", {"phone": "+8613800000002", "name": "B"})["member"]["id"]

    def cart(self, chance):
        """Any cart that a shop may see: goods of all kinds, members, coupons, tenders, facts, lots, times."""
        goods = ["TEA", "SHIRT", "SHIRT-2", "MUG", "CUP", "PEN-1", "PEN-2", "MILK", "LEAF", "GIFTWRAP", "TEA-0", "POST"]
        now = 1795000000000
        lines = []
        for sku in chance.choices(goods, k=chance.randint(1, 8)):
            line = {"sku": sku, "qty": chance.randint(1, 2500) if sku == "LEAF" else 1000 * chance.choice([1, 1, 2, 3, 4, 7])}
            if sku == "MILK":
                line.update(lot="L%d" % chance.randint(1, 3), expires_at=now + chance.randint(-1, 5) * DAY_MS)
            if chance.random() < 0.05:
                line.update(price=chance.randint(0, 900), reason="by hand")
            lines.append(line)
        more = {"channel": chance.choice(["till", "web", "phone"]), "at": now - chance.randint(0, 20) * DAY_MS // 7}
        if chance.random() < 0.6:
            more["member"] = chance.choice([self.member, self.second])
        if chance.random() < 0.3:
            more["coupons"] = chance.sample(["spring", "LENZ", "NO-SUCH", "gold"], k=chance.randint(1, 2))
        if chance.random() < 0.3:
            more["facts"] = {"weather": chance.choice(["rain", "sun"]), "queue": "12"}
        if chance.random() < 0.5:
            more["till"] = "till-%d" % chance.randint(1, 3)
        return self.sale(*lines, **more)

    def pay(self, chance, body):
        """Quote and place with a card or cash; -> (quote, placed)."""
        kind = chance.choice(["cash", "card"])
        body["tenders"] = [{"kind": kind, "amount": 1}]
        quote = self.shop.ok("orders.quote", body)
        body["tenders"] = [{"kind": kind, "amount": quote["order"]["total"]}] if quote["order"]["total"] else []
        if not body["tenders"]:  # a sale that costs nothing is paid with nothing: the rules see that
            quote = self.shop.ok("orders.quote", body)
        if kind == "card" and body["tenders"]:
            body["tenders"][0]["reference"] = "r%d" % chance.getrandbits(60)
        if quote["order"]["total"] and not body["tenders"]:
            return None, None
        return quote, self.shop.ok("orders.place", body)

    def test_every_receipt_proves_itself(self):
        chance = random.Random(41)
        applied = set()
        for turn in range(merx.fewer(250, 90)):
            quote, placed = self.pay(chance, self.cart(chance))
            if not placed:
                continue
            order = placed["order"]
            for name in ("total", "tax", "discount", "points_earned", "lines", "discounts"):
                self.assertEqual(order[name], quote["order"][name], (turn, name))
            proof = self.shop.ok("orders.explain", {"order": order["id"]})
            self.assertEqual((proof["reproduced"], proof["rules_kept"]), (True, True), (turn, proof["text"], proof["trace"]))
            applied |= {outcome["rule"] for outcome in proof["trace"].get("outcomes", []) if outcome["state"] == "applied"}
        self.assertGreaterEqual(len(applied), 18, sorted(applied))
        self.verified()

    def test_winners_losers_and_why(self):
        order = self.place(("SHIRT", 2000), ("TEA", 1000), member=self.member)["order"]
        proof = self.shop.ok("orders.explain", {"order": order["id"]})
        self.assertEqual(proof["trace"], self.shop.ok("orders.trace.get", {"id": order["id"]})["trace"])
        text = proof["text"]
        for part in ("Receipt " + order["number"], "1. Article SHIRT (SHIRT): 2 x 60.00 = 120.00", "   - 2 for 1 (shirts): -60.00",
                     "What applied:", "- 2 for 1 (shirts) [item]: took 60.00 off", "What did not apply, and what it would have taken:",
                     "From 200: 5 % off (big) [basket]: ", " more in the cart", "gold: only for members of the tier gold",
                     "rules and price are the same to the byte"):
            self.assertIn(part, text)
        chinese = self.shop.ok("orders.explain", {"order": order["id"], "language": "zh"})["text"]
        for part in ("小票 " + order["number"], "买二付一 (shirts)", "已生效:", "满200元享95折 (big) [整单]: 整单还差", "逐字节一致"):
            self.assertIn(part, chinese)
        self.assertEqual(self.shop.ok("orders.explain", {"order": order["id"]})["text"], text)

    def test_what_was_not_offered_has_its_name_from_the_rules(self):
        """A trace keeps ids of the many rules that made no offer; their names are asked of the version that was sold at."""
        order = self.place(("CUP", 1000), at=1767758400000 + 3 * 3600 * 1000)["order"]  # a Wednesday, 15:00 in the shop
        proof = self.shop.ok("orders.explain", {"order": order["id"]})
        self.assertIn("Lunch cup (lunch): only at 11:00-14:00", proof["text"])
        self.assertEqual([miss.get("name") for miss in proof["trace"]["misses"] if miss["rule"] == "lunch"], [{}])

    def test_a_limit_says_how_much_it_is(self):
        member = self.shop.ok("membership.join", {"phone": "+8613800000077", "name": "C"})["member"]["id"]
        for turn in range(2):
            order = self.place(("TEA", 1000), member=member)["order"]
        self.assertNotIn("member", [rule["rule"] for rule in order["discounts"]])
        proof = self.shop.ok("orders.explain", {"order": order["id"]})
        self.assertTrue(proof["reproduced"])
        self.assertIn("member [member]: used up: one use for each member a day", proof["text"])

    def test_rules_that_changed_since(self):
        order = self.place(("SHIRT", 2000))["order"]
        path = self.shop.data + "/rules/test.lua"
        with open(path, "w") as file:
            file.write('promotion { id = "other", percent = 50 }\n')
        self.shop.ok("scripts.rules.reload")
        try:
            self.assertEqual(self.quote(("SHIRT", 2000))["total"], 6000)
            self.assertEqual(self.place(("TEA", 2000))["order"]["total"], 1990)
            proof = self.shop.ok("orders.explain", {"order": order["id"]})
            self.assertEqual((proof["reproduced"], proof["rules_kept"]), (True, True), proof["text"])
        finally:
            with open(path, "w") as file:
                file.write(RULES)
            self.shop.ok("scripts.rules.reload")

    def test_rules_on_trial_for_a_share_of_carts(self):
        draft = self.shop.ok("rules.draft.put", {"name": "trial", "source": 'promotion { id = "trial", amount = 11 }\n'})["draft"]
        if isinstance(draft, dict):
            draft = draft["id"]
        self.shop.ok("rules.canary", {"draft": draft, "share_ppm": 500000})
        versions, trials = set(), 0
        try:
            for n in range(16):
                order = self.place(("TEA", 2000), id="ord_01HZZZZZZZZZZZZZZZZZZZZ" + "%03d" % n)["order"]
                proof = self.shop.ok("orders.explain", {"order": order["id"]})
                self.assertEqual((proof["reproduced"], proof["rules_kept"]), (True, True), proof["text"])
                versions.add(proof["trace"]["version"])
                trials += "trial" in [rule["rule"] for rule in order["discounts"]]
        finally:
            self.shop.ok("rules.canary", {"off": True})
        self.assertEqual(len(versions), 2)
        self.assertTrue(0 < trials < 16, trials)

    def test_unknown_orders_and_languages(self):
        self.refused(404, "not_found", "order", "orders.explain", {"order": "ord_" + "1" * 26})
        self.refused(400, "out_of_range", "language", "orders.explain", {"order": "ord_" + "1" * 26, "language": "xx"})


class SwitchedOff(OrdersTest):
    rules = """
promotion { id = "moody", offers = function(cart)
  for _, line in ipairs(cart.lines) do
    if line.sku == "BROKEN" then error("broken goods") end
  end
  return { { kind = "percent", percent = 10, lines = { { line = 1 } } } }
end }
"""

    def test_a_rule_that_was_switched_off_is_not_asked_again(self):
        before = self.place(("TEA", 1000))["order"]
        for _ in range(5):
            failed = self.place(("BROKEN", 1000))["order"]
        after = self.place(("TEA", 1000))["order"]
        self.assertEqual((before["total"], after["total"]), (1791, 1990))
        for order in (before, failed, after):
            proof = self.shop.ok("orders.explain", {"order": order["id"]})
            self.assertEqual((proof["reproduced"], proof["rules_kept"]), (True, True), proof["text"])
        self.assertIn("moody: it failed too often and is switched off", proof["text"])
        self.assertNotIn("moody", str(self.shop.ok("orders.price.look", {"sku": "TEA", "location": "store-1", "channel": "till"})))


class OldOrders(unittest.TestCase):
    """Orders of a version that kept less still explain and come back sensibly."""

    setUp, thaw = test_upgrade.Upgrade.setUp, test_upgrade.Upgrade.thaw

    def test_an_old_order_explains_and_comes_back(self):
        self.thaw()
        shop = merx.Shop(folder=self.folder)
        self.addCleanup(shop.stop)
        with open(test_upgrade.FROZEN + "/owner.txt") as file:
            shop.owner_key = file.read().strip()
        shop.serve()
        heads = shop.ok("orders.list", {"location": "store-1", "limit": 500})["orders"]
        self.assertEqual(len(heads), 12)
        for head in heads:
            proof = shop.ok("orders.explain", {"order": head["id"]})
            self.assertTrue(proof["reproduced"], proof["text"])
            self.assertIn("the price is the same", proof["text"])
        paid = [head for head in heads if head["state"] == "paid" and head["total"]]
        order = shop.ok("orders.get", {"id": paid[0]["id"]})["order"]
        lines = [{"order": order["id"], "line": line["line"], "qty": line["qty"]} for line in order["lines"]]
        done = shop.ok("orders.return", {"location": order["location"], "reason": "late", "lines": lines})
        self.assertEqual(done["return"]["refund"], order["total"])
        self.assertEqual(shop.verify().returncode, 0)


if __name__ == "__main__":
    unittest.main()
