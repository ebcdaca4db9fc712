"""Every kind of promotion from its few lines of Lua to the receipt: quoted and sold over HTTP, in its hours, with its limits, and
what becomes of rules that answer nonsense."""

import calendar
import os
import unittest

import merx

GOODS = (  # sku, price, unit, category, brand
    ("TEA", 1000, "piece", "tea", "lu"),
    ("CUP", 3000, "piece", "teaware", "kiln"),
    ("POT", 5000, "piece", "teaware", "kiln"),
    ("LEAF", 8000, "kg", "tea", "lu"),
    ("BRING", 900, "piece", "shipping", "none"),
)


def ms(*when):
    return calendar.timegm(when + (0,) * (6 - len(when))) * 1000


class Promotions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = merx.Shop()
        cls.addClassCleanup(cls.shop.stop)
        cls.shop.init(zone="UTC")
        cls.rules = os.path.join(cls.shop.folder, "rules")
        os.mkdir(cls.rules)
        cls.shop.serve(args=["--rules", cls.rules])
        cls.shop.ok("shop.settings.put", {"practice": True})  # tests move the clock
        cls.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "Europe/Berlin"})
        cls.shop.ok("inventory.location.put", {"id": "store-2", "name": {"en": "Two"}, "zone": "Asia/Shanghai"})
        for sku, price, unit, category, brand in GOODS:
            cls.shop.ok("catalog.product.put", {"sku": sku, "name": {"en": sku}, "price": price, "unit": unit, "category": category,
                                                "brand": brand, "tax_ppm": 0})
        cls.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": goods[0], "qty": 900000} for goods in GOODS]})
        cls.member = cls.shop.ok("membership.join", {"phone": "13900000000", "name": "Somebody"})["member"]["id"]
        cls.shop.ok("membership.tier.put", {"member": cls.member, "tier": "gold", "reason": "test"})

    def load(self, *rules):
        with open(os.path.join(self.rules, "rules.lua"), "w", encoding="utf-8") as file:
            file.write("\n".join(rules))
        return self.shop.call("scripts.rules.reload")

    def put(self, *rules):
        status, answer = self.load(*rules)
        self.assertEqual(status, 200, answer)

    def ask(self, lines, **more):
        return {"channel": "till", "location": "store-1", "lines": [{"sku": sku, "qty": qty, **(rest[0] if rest else {})} for sku, qty, *rest in lines], **more}

    def quote(self, lines, **more):
        return self.shop.ok("orders.quote", self.ask(lines, **more))

    def sell(self, lines, **more):
        """Quoted and sold alike."""
        quoted = self.quote(lines, **more)["order"]
        kind = more.get("tenders", [{"kind": "cash"}])[0]["kind"]
        more["tenders"] = [{"kind": kind, "amount": quoted["total"]}] if quoted["total"] else []
        sold = self.shop.ok("orders.place", self.ask(lines, **more))["order"]
        for field in ("total", "discount", "discounts"):
            self.assertEqual(sold[field], quoted[field], field)
        return sold

    def costs(self, rule, lines, total, **more):
        self.put(rule)
        sold = self.sell(lines, **more)
        self.assertEqual(sold["total"], total, rule)
        return sold

    def test_each_kind_once(self):
        """S2-7, S1-9, S2-16: every promotion of the field in a line or two; quote and sale agree to the cent."""
        tea, cup, pot = ("TEA", 3000), ("CUP", 1000), ("POT", 1000)
        for rule, lines, total in (
            ('promotion { id = "r", percent = 10, where = { brand = "lu" } }', [tea, cup], 5700),
            ('promotion { id = "r", ppm = 125000, except = { category = "teaware" } }', [tea, cup], 5625),
            ('promotion { id = "r", amount = 500 }', [tea, cup], 5500),
            ('promotion { id = "r", price = 800, where = { sku = "TEA" } }', [tea, cup], 5400),
            ('promotion { id = "r", price = 7000, where = { unit = "kg" } }', [("LEAF", 455)], 3185),
            ('promotion { id = "r", prices = { TEA = 900, CUP = 2500 } }', [tea, cup, pot], 10200),
            ('promotion { id = "r", buy = 3, pay = 2, where = { category = "tea" } }', [tea, cup], 5000),
            ('promotion { id = "r", buy = 2, pay = 1, free = "dearest", percent = 50, where = { category = "teaware" } }', [cup, pot], 5500),
            ('promotion { id = "r", nth = 2, percent = 50, where = { sku = "TEA" } }', [("TEA", 5000)], 4000),
            ('promotion { id = "r", steps = {{ pieces = 3, percent = 10 }, { pieces = 4, percent = 20 }} }', [tea], 2700),
            ('promotion { id = "r", steps = {{ pieces = 3, percent = 10 }, { pieces = 4, percent = 20 }} }', [("TEA", 4000)], 3200),
            ('promotion { id = "r", steps = {{ spend = 5000, amount = 700 }} }', [tea, cup], 5300),
            ('promotion { id = "r", spend = 2000, save = 300 }', [tea, cup], 5700),
            ('promotion { id = "r", spend = 2000, save = 300, repeats = true }', [tea, cup], 5100),
            ('promotion { id = "r", spend = 2000, save = 300, repeats = true, times = 2 }', [tea, cup], 5400),
            ('promotion { id = "r", bundle = { price = 3500, { where = { sku = "TEA" } }, { where = { sku = "CUP" } } } }', [tea, cup], 5500),
            ('promotion { id = "r", mix = { pieces = 3, price = 6000 } }', [("TEA", 1000), cup, pot], 6000),
            ('promotion { id = "r", gift = { where = { sku = "CUP" } }, pieces = 3, where = { sku = "TEA" } }', [tea, cup], 3000),
            ('promotion { id = "r", gift = { where = { sku = "CUP" } }, spend = 5000 }', [cup, pot], 5000),
            ('promotion { id = "r", get = { where = { sku = "CUP" }, percent = 50 }, pieces = 2, where = { sku = "TEA" } }', [tea, cup], 4500),
            ('promotion { id = "r", shipping = true, percent = 100, min_total = 3000 }', [tea, ("BRING", 1000)], 3000),
            ('promotion { id = "r", percent = 50, max_off = 700 }', [tea, cup], 5300),
            ('promotion { id = "r", percent = 50, max_unit = 100 }', [tea, cup], 5600),
            ('promotion { id = "r", percent = 50, max_line = 200 }', [tea, cup], 5600),
            ('promotion { id = "r", percent = 10, min_spend = 4000, where = { category = "tea" } }', [tea, cup], 6000),
            ('promotion { id = "r", percent = 10, min_qty = 3000, where = { category = "tea" } }', [tea, cup], 5700),
            ('promotion { id = "r", offers = function(cart) return {{ nth = 2, percent = 50, lines = {{ line = 1 }} }} end }', [tea, cup], 5500),
        ):
            with self.subTest(rule):
                sold = self.costs(rule, lines, total)
                self.assertEqual([rule["rule"] for rule in sold["discounts"]], ["r"] if sold["discount"] else [])

    def test_who_gets_it(self):
        lines = [("TEA", 2000)]
        gold = 'promotion { id = "r", price = 700, member = "gold", where = { sku = "TEA" } }'
        self.costs(gold, lines, 2000)
        self.costs(gold, lines, 1400, member=self.member)
        rain = 'promotion { id = "r", percent = 10, facts = { weather = "rain" } }'
        self.costs(rain, lines, 2000, facts={"weather": "sun"})
        self.costs(rain, lines, 1800, facts={"weather": "rain"})
        here = 'promotion { id = "r", percent = 10, channel = { "web", "phone" } }'
        self.costs(here, lines, 2000)
        self.put('promotion { id = "r", percent = 10, coupon = { "Spring-5" } }')
        self.assertEqual(self.sell(lines)["total"], 2000)
        self.assertEqual(self.sell(lines, coupons=["sPRING-5"])["total"], 1800)

    def test_paid_with_one_tender(self):
        self.put('promotion { id = "r", percent = 10, tender = "cash" }')
        self.assertEqual(self.quote([("TEA", 2000)])["order"]["total"], 2000)
        self.assertEqual(self.quote([("TEA", 2000)], tenders=[{"kind": "cash", "amount": 1}])["order"]["total"], 1800)
        both = [{"kind": "cash", "amount": 1}, {"kind": "card", "amount": 1}]
        self.assertEqual(self.quote([("TEA", 2000)], tenders=both)["order"]["total"], 2000)

    def test_points_are_given_on_top(self):
        lines = [("TEA", 2000)]
        plain = self.costs("", lines, 2000, member=self.member)["points_earned"]
        more = self.costs('promotion { id = "r", points = 55 }', lines, 2000, member=self.member)["points_earned"]
        twice = self.costs('promotion { id = "r", points_times = 2 }', lines, 2000, member=self.member)["points_earned"]
        self.assertEqual((more, twice), (plain + 55, plain * 2))

    def test_goods_that_come_to_an_end(self):
        self.put('promotion { id = "r", expiry = {{ days = 3, percent = 20 }, { days = 1, percent = 50 }} }')
        now = self.shop.ok("shop.clock.get")["now"]
        for hours, total in ((100, 2000), (60, 1600), (20, 1000), (-1, 2000)):
            line = {"lot": "L-%d" % (hours + 2), "expires_at": now + hours * 3600000}
            self.assertEqual(self.quote([("TEA", 2000, line)])["order"]["total"], total, hours)

    def test_windows_are_read_on_the_clock_of_the_place(self):
        """Berlin is an hour ahead in winter; on 2030-10-27 its clock shows 02:00 to 03:00 twice."""
        def total(at, place="store-1"):
            self.shop.ok("shop.clock.set", {"at": at})
            return self.quote([("TEA", 2000)], location=place)["order"]["total"]

        self.put('promotion { id = "r", percent = 50, weekday = { "sat", "sun" }, hours = "22:00-02:00", from = "2030-01-05", to = "2030-12-31" }')
        self.assertEqual(total(ms(2030, 1, 5, 20, 59)), 2000)  # Saturday, 21:59 in Berlin
        self.assertEqual(total(ms(2030, 1, 5, 21, 0)), 1000)
        self.assertEqual(total(ms(2030, 1, 5, 21, 0), "store-2"), 2000)  # 05:00 on Sunday in Shanghai
        self.assertEqual(total(ms(2030, 1, 6, 0, 59)), 1000)  # the night goes on
        self.assertEqual(total(ms(2030, 1, 6, 1, 0)), 2000)
        self.assertEqual(total(ms(2030, 1, 5, 0, 30)), 2000)  # the night of Friday
        self.put('promotion { id = "r", percent = 50, hours = "02:00-02:30" }')
        for minute, wanted in ((10, 1000), (40, 2000), (70, 1000), (100, 2000)):
            self.assertEqual(total(ms(2030, 10, 27) + minute * 60000), wanted, minute)
        hour = 3600 * 1000
        self.put('promotion { id = "r", percent = 50, from = "2030-03-31 02:30", to = "2030-03-31 05:00" }')  # 02:30 is left out that day
        self.assertEqual(total(ms(2030, 3, 31, 1) - 1000), 2000)
        self.assertEqual(total(ms(2030, 3, 31, 1)), 1000)
        self.assertEqual(total(ms(2030, 3, 31, 1) + 2 * hour - 1000), 1000)
        self.assertEqual(total(ms(2030, 3, 31, 1) + 2 * hour), 2000)

    def test_what_is_missing_is_said(self):
        self.put('promotion { id = "gold", name = { en = "For gold" }, percent = 10, member = "gold" }',
                 'promotion { id = "three", percent = 10, min_qty = 3000, where = { sku = "TEA" } }',
                 'promotion { id = "cups", percent = 10, where = { sku = "CUP" } }')
        sold = self.sell([("TEA", 2000)])
        trace = self.shop.ok("orders.trace.get", {"id": sold["id"]})["trace"]
        said = [(miss["rule"], miss["reason"], miss.get("value", 0), miss.get("text", ""), miss.get("gain", 0)) for miss in trace["misses"]]
        self.assertEqual(said, [("three", "min_qty", 1000, "", 200), ("gold", "tier", 0, "gold", 200)][::-1])

    def test_an_issued_coupon_opens_its_promotion(self):
        self.put('promotion { id = "birthday", percent = 50, coupon = true, where = { sku = "TEA" } }')
        coupon = self.shop.ok("promotions.coupon.issue", {"rule": "birthday", "code": True})["coupon"]["id"]
        code = self.shop.ok("promotions.coupon.reveal", {"id": coupon})["code"]
        self.assertEqual(self.sell([("TEA", 2000)])["total"], 2000)
        self.assertEqual(self.sell([("TEA", 2000)], coupons=[code])["total"], 1000)
        self.assertEqual(self.quote([("TEA", 2000)], coupons=[code])["order"]["total"], 2000)

    def test_bought_together_and_bargained_for(self):
        self.put('promotion { id = "pot-together", group_buy = { size = 2, price = 3500 }, where = { sku = "POT" } }',
                 'promotion { id = "cup-bargain", bargain = { floor = 2500 }, where = { sku = "CUP" } }')
        friend = self.shop.ok("membership.join", {"phone": "13900000001", "name": "A friend"})["member"]["id"]
        self.shop.ok("promotions.campaign.put", {"rule": "pot-together", "size": 2, "hours": 24})
        code = self.shop.ok("promotions.group.open", {"rule": "pot-together", "member": self.member})["code"]
        ask = {"member": self.member, "coupons": [code]}
        self.assertEqual(self.quote([("POT", 1000)], **ask)["order"]["total"], 5000)  # nobody has joined yet
        self.shop.ok("promotions.group.join", {"code": code, "member": friend})
        self.assertEqual(self.sell([("POT", 1000)], **ask)["total"], 3500)
        self.shop.ok("promotions.campaign.put", {"rule": "cup-bargain", "floor": 2500, "cut": 300, "helpers": 3, "hours": 24})
        code = self.shop.ok("promotions.bargain.open", {"rule": "cup-bargain", "member": self.member, "sku": "CUP"})["code"]
        ask = {"member": self.member, "coupons": [code]}
        self.shop.ok("promotions.bargain.help", {"code": code, "member": friend})
        self.assertEqual(self.sell([("CUP", 3000)], **ask)["total"], 2700 + 6000)  # one cup of the three

    def test_tests_in_files_price_carts_with_all_rules(self):
        rules = ('promotion { id = "three", mix = { pieces = 3, price = 2500 }, where = { category = "tea" }, limit = { member = 1 } }',
                 'promotion { id = "night", percent = 10, hours = "22:00-23:00" }',
                 'promotion { id = "open", group_buy = { size = 2, price = 100 }, where = { sku = "POT" } }',
                 'promotion { id = "more", points_times = 2, facts = { weather = "rain" } }',
                 'promotion { id = "end", expiry = {{ days = 2, percent = 50 }}, where = { sku = "OLD" } }')
        check = '''test("prices", function(t)
  local tea = { sku = "TEA", category = "tea", unit_price = 1000, qty = 3000, brand = "lu", cost = 400, stock = 9000, lot = "L", tax = 0 }
  local p = t.price({ lines = { tea }, facts = { weather = "rain" } })
  t.equal({ p.total, p.discount, p.rules.three, p.outcomes.three, p.misses.night }, { 2500, 500, 500, "applied", "hours" })
  t.equal({ p.lines[1].total, p.lines[1].discount, p.lines[1].points_ppm }, { 2500, 500, 2000000 })
  local used = t.price({ lines = { tea }, used = { three = { member = 1 } }, member = "mem_1" })
  t.equal({ used.total, used.outcomes.three }, { 3000, "limit" })
  local pot = { sku = "POT", unit_price = 5000 }
  t.equal(t.price({ lines = { pot } }).misses.open, "group_open")
  t.equal(t.price({ lines = { pot }, vouchers = { { rule = "open", joined = 2 } } }).total, 100)
  local old = { sku = "OLD", unit_price = 400, expires = "2026-01-07" }
  t.equal(t.price({ at = "2026-01-05 12:00", lines = { old } }).total, 200)
  t.equal(t.price({ at = "2026-01-04 12:00", lines = { old } }).total, 400)
  %s
end)'''
        self.put(*rules, check % "")
        status, answer = self.load(*rules, check % "t.equal(t.price({ lines = { tea } }).total, 2501)")
        self.assertEqual(status, 400)
        self.assertIn("expected 2501, got 2500", answer["detail"])
        status, answer = self.load(*rules, check % "t.price({ lines = { { sku = 'A', unit_price = 5, brnd = 'x' } } })")
        self.assertIn("the key 'brnd' is not known; did you mean 'brand'?", answer["detail"])
        self.assertEqual(self.sell([("TEA", 3000)], member=self.member)["total"], 2500)

    def test_some_promotions_are_priced_alone(self):
        rules = ('promotion { id = "a", percent = 10 }', 'promotion { id = "b", percent = 20, location = "store-9" }',
                 'promotion { id = "c", percent = 30, coupon = "WORD" }')
        check = 'test("some", function(t) local tea = { sku = "TEA", unit_price = 1000 } %s end)'
        self.put(*rules, check % """
  t.equal(t.price({ lines = { tea } }).misses, { b = "location", c = "coupon" })
  t.equal(t.price({ lines = { tea }, coupons = { "word" } }).total, 630)
  t.equal(t.price({ lines = { tea }, coupons = { "word" }, only = { "c" } }).total, 700)
  t.equal(t.price({ lines = { tea }, coupons = { "word" }, only = { "b" } }).misses, { b = "location" })""")
        status, answer = self.load(*rules, check % 't.price({ lines = { tea }, only = { "d" } })')
        self.assertEqual(status, 400)
        self.assertIn("there is no promotion 'd'", answer["detail"])

    def test_what_comes_with_the_shop_holds(self):
        """Every file of the library and every example of the guide, as a file of its own, with its tests."""
        scripts = os.path.join(merx.ROOT, "scripts")
        texts = [os.path.join(scripts, "library", name) for name in sorted(os.listdir(os.path.join(scripts, "library"))) if name.endswith(".lua")]
        self.assertGreaterEqual(len(texts), 25)
        named = []
        for path in texts:
            with open(path, encoding="utf-8") as file:
                named.append((path, file.read()))
        with open(os.path.join(scripts, "README.md"), encoding="utf-8") as file:
            guide = file.read().split("```lua\n")[1:]
        named += [("example %d" % (n + 1), text.split("```", 1)[0]) for n, text in enumerate(guide)]
        before = ""
        for name, text in named:
            with self.subTest(name):
                status, answer = self.load(text)
                if status == 400 and "there is no promotion" in answer["detail"]:
                    status, answer = self.load(before, text)  # the guide goes on with the example before
                self.assertEqual(status, 200, answer)
            before = text
        self.put(*(text for name, text in named[:len(texts)]))  # all of the library together

    def test_rules_that_answer_nonsense_are_left_out(self):
        """Refused, noted on the order, and the sale goes on without them."""
        for answer, says in (
            ("{{ amount = 99.5 }}", "amount must be a whole number, but it is the fraction 99.5"),
            ("{{ amount = -1 }}", "amount must be between"),
            ("{{ amount = 1 << 60 }}", "amount must be between"),
            ("{{ price = 1e300, lines = {{ line = 1 }} }}", "price must be a whole number"),
            ("{{ percent = 500 }}", "percent must be between 1 and 100"),
            ("{{ percent = 5, lines = {{ line = 7 }} }}", "lines names line 7, which is not in the cart"),
            ("{{ percent = 5, lines = {{ line = 1, qty = 9000 }} }}", "qty must be between 1 and 3000"),
            ("{{ steps = {{ pieces = 1, amount = 0/0 }} }}", "amount must be a whole number"),
            ("{{ points = 1 << 50 }}", "points must be between"),
            ("{{ percent = 5, rule = 'another' }}", "the key 'rule' is not known"),
            ("{{ percent = 5, member = 'mem_1' }}", "the key 'member' is not known"),
            ("many(cart)", "a table or the depth of calls grew too large"),
            ("hundred(cart)", "offers answered more than 100 offers"),
            ("cart.members[1]", "the cart has no 'members'; did you mean 'member'?"),
        ):
            with self.subTest(answer):
                self.put("local function many() local t = {} for i = 1, 1000000 do t[i] = { percent = 1 } end return t end",
                         "local function hundred() local t = {} for i = 1, 101 do t[i] = { percent = 1 } end return t end",
                         'promotion { id = "good", percent = 10 }',
                         'promotion { id = "bad", offers = function(cart) return %s end }' % answer)
                order = self.sell([("TEA", 3000)])
                self.assertEqual((order["total"], [rule["rule"] for rule in order["discounts"]]), (2700, ["good"]))
                trace = self.shop.ok("orders.trace.get", {"id": order["id"]})["trace"]
                self.assertEqual([fault["rule"] for fault in trace["faults"]], ["bad"])
                self.assertIn(says, trace["faults"][0]["message"])

    def test_what_is_used_is_said_of_promotions_that_there_are(self):
        status, answer = self.load('promotion { id = "a", percent = 10, limit = { member = 1 } }', 'test("no more", function(t)',
                                   ' t.price { used = { ["aa"] = { member = 1 } }, lines = { { sku = "TEA", unit_price = 100 } } } end)')
        self.assertEqual(status, 400)
        self.assertIn("used: every entry is the id of a promotion", answer["detail"])

    def test_a_misspelt_key_is_named_with_its_line_wherever_it_stands(self):
        for rule, says in (
            ('promotion {\n id = "r", percnt = 10 }', "rules.lua:3: promotion 'r': the key 'percnt' is not known; did you mean 'percent'?"),
            ('promotion { id = "r", percent = 10,\n where = { skuu = "A" } }', "rules.lua:3: promotion 'r': where: the key 'skuu' is not known; did you mean 'sku'?"),
            ('promotion { id = "r", bundle = { price = 5, { where = { sku = "A" }, peices = 2 } } }',
             "promotion 'r': bundle: entry 1: the key 'peices' is not known; did you mean 'pieces'?"),
            ('promotion { id = "r", percent = 10, limit = { membr = 1 } }', "promotion 'r': limit: the key 'membr' is not known; did you mean 'member'?"),
            ('promotion { id = "r", percent = 10, houres = "14:00-17:00" }', "the key 'houres' is not known; did you mean 'hours'?"),
        ):
            status, answer = self.load("-- first line", rule)
            self.assertEqual(status, 400)
            self.assertIn(says, answer["detail"])


if __name__ == "__main__":
    unittest.main()
