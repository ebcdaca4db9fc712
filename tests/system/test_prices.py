"""Prices by channel, place and time over HTTP: which one holds, its history, and the check that finds differences nobody declared."""

import json
import random
import time
import unittest

import merx

DAY = 86400000


class Prices(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for place in ("store-1", "store-2"):
            cls.shop.ok("inventory.location.put", {"id": place})
        cls.cashier = cls.shop.make_key("cashier")
        cls.now = int(time.time() * 1000)

    def make(self, sku, price=1000, **more):
        self.shop.ok("catalog.product.put", {"sku": sku, "name": {"en": sku}, "price": price, "stocked": False, **more})

    def put(self, sku, price, **more):
        return self.shop.ok("catalog.price.put", {"sku": sku, "price": price, **more})["price"]

    def cost(self, sku, channel="till", location="store-1", at=None, **more):
        """What one piece costs in a quote."""
        sale = {"channel": channel, "location": location, "lines": [{"sku": sku, "qty": 1000}], **more}
        return self.shop.ok("orders.quote", {**sale, **({"at": at} if at else {})})["order"]["total"]

    def listed(self, sku, limit=200):
        found, after = [], {}
        while True:
            page = self.shop.ok("catalog.price.list", {"sku": sku, "limit": limit, **after})
            found += page["prices"]
            if "next" not in page:
                return found
            after = {"after": page["next"]}

    def differences(self, **ask):
        found, after = [], {}
        for _ in range(1000):
            page = self.shop.ok("catalog.price.differences", {**ask, **after})
            found += page["differences"]
            if "next" not in page:
                return found
            after = {"after": page["next"]}
        self.fail("the pages have no end")


class Choosing(Prices):
    def test_the_most_specific_price_holds(self):
        self.make("SPEC")
        self.assertEqual(self.cost("SPEC"), 1000)
        self.put("SPEC", 990)
        self.assertEqual(self.cost("SPEC"), 990)
        self.put("SPEC", 900, channel="web")
        self.put("SPEC", 800, location="store-1")
        self.put("SPEC", 700, location="store-1", channel="web")
        wanted = {("till", "store-2"): 990, ("web", "store-2"): 900, ("till", "store-1"): 800, ("web", "store-1"): 700, ("phone", "store-1"): 800}
        for (channel, location), price in wanted.items():
            with self.subTest(channel=channel, location=location):
                self.assertEqual(self.cost("SPEC", channel, location), price)

    def test_of_two_the_one_that_began_last_holds_until_it_ends(self):
        now = self.now
        self.make("TIME")
        self.put("TIME", 900, channel="web", **{"from": now - 10 * DAY})
        self.put("TIME", 700, channel="web", **{"from": now - 5 * DAY, "until": now - 3 * DAY})
        self.put("TIME", 600, channel="web", **{"from": now - 4 * DAY, "until": now - 2 * DAY})
        wanted = [(-11, 1000), (-10, 900), (-6, 900), (-5, 700), (-4, 600), (-2.5, 600), (-2, 900), (-1, 900)]
        for days, price in wanted:
            with self.subTest(days=days):
                self.assertEqual(self.cost("TIME", "web", at=now + int(days * DAY)), price)
        self.assertEqual(self.cost("TIME", "web", at=now - 4 * DAY - 1), 700)
        self.assertEqual(self.cost("TIME", "web", at=now - 2 * DAY - 1), 600)
        self.assertEqual(self.cost("TIME", "till"), 1000)

    def test_any_history_gives_the_price_of_the_moment(self):
        """Dated and lasting prices in any order, some dropped: at every moment the one that began last and has not ended."""
        chance = random.Random(7)
        self.make("HISTORY", 1)
        known, minute = [], 60000
        begin = self.now - 2000 * minute
        for price, at in enumerate(chance.sample(range(200), 90), 100):
            until = at + chance.choice([1, 2, 3, 30, 150]) if chance.random() < 0.9 else None
            more = {"until": begin + until * minute} if until else {}
            one = self.put("HISTORY", price, location="store-1", **{"from": begin + at * minute}, **more)
            known.append((at, until or 10**6, price))
            if until is None and chance.random() < 0.7:
                self.shop.ok("catalog.price.drop", {"id": one["id"]})  # from now on, not before
        for at in range(-1, 360, 3):
            held = [price for price in sorted(known) if price[0] <= at < price[1]]
            self.assertEqual(self.cost("HISTORY", at=begin + at * minute + 1), held[-1][2] if held else 1, at)
        self.refused(409, "price_taken", "from", "catalog.price.put",
                     {"sku": "HISTORY", "location": "store-1", "price": 5, "from": begin + known[0][0] * minute})

    def test_a_price_of_the_future_waits(self):
        self.make("WAIT")
        planned = self.put("WAIT", 500, **{"from": self.now + DAY})
        self.assertEqual((planned["state"], self.cost("WAIT")), ("planned", 1000))
        self.assertEqual([price["state"] for price in self.listed("WAIT")], ["planned"])

    def test_a_dropped_price_is_history(self):
        self.make("DROP")
        kept = self.put("DROP", 900, **{"from": self.now - 3 * DAY})
        dropped = self.put("DROP", 800, **{"from": self.now - 2 * DAY})
        self.assertEqual(self.cost("DROP"), 800)
        over = self.shop.ok("catalog.price.drop", {"id": dropped["id"]})["price"]
        self.assertEqual(over["state"], "over")
        self.assertEqual((self.cost("DROP"), self.cost("DROP", at=self.now - DAY)), (900, 800))
        self.assertEqual([(price["id"], price["price"], price["state"]) for price in self.listed("DROP", 1)],
                         [(kept["id"], 900, "open"), (dropped["id"], 800, "over")])
        self.refused(409, "price_over", "id", "catalog.price.drop", {"id": dropped["id"]})
        planned = self.put("DROP", 700, **{"from": self.now + DAY})
        self.shop.ok("catalog.price.drop", {"id": planned["id"]})
        self.put("DROP", 650, **{"from": self.now + DAY})

    def test_the_own_price_is_untouched(self):
        self.make("OWN")
        self.put("OWN", 500, channel="web")
        product = self.shop.ok("catalog.product.get", {"sku": "OWN"})["product"]
        self.assertEqual((product["price"], product["rev"]), (1000, 1))

    def test_bad_input_is_named_and_changes_nothing(self):
        self.make("BAD")
        self.put("BAD", 900, channel="web", **{"from": self.now - DAY})
        before = self.listed("BAD")
        for change, status, code, field in [
            ({"sku": "NOBODY"}, 409, "unknown_sku", "sku"), ({"location": "moon"}, 409, "unknown_location", "location"),
            ({"price": -1}, 400, "out_of_range", "price"), ({"price": 1.5}, 400, "wrong_type", "price"), ({"channel": " web"}, 400, "bad_input", "channel"),
            ({"channel": ""}, 400, "out_of_range", "channel"), ({"reason": "  "}, 400, "bad_input", "reason"), ({"reason": "r" * 201}, 400, "out_of_range", "reason"),
            ({"from": self.now, "until": self.now}, 400, "out_of_range", "until"), ({"until": self.now - DAY}, 400, "out_of_range", "until"),
            ({"from": self.now - DAY}, 409, "price_taken", "from"), ({"currency": "EUR"}, 400, "unknown_field", "currency"),
        ]:
            with self.subTest(change=change):
                self.refused(status, code, field, "catalog.price.put", {"sku": "BAD", "price": 100, "channel": "web", **change})
        self.refused(400, "missing_field", "price", "catalog.price.put", {"sku": "BAD"})
        self.refused(404, "not_found", "id", "catalog.price.drop", {"id": "prc_" + "0" * 26})
        self.refused(404, "not_found", "sku", "catalog.price.list", {"sku": "NOBODY"})
        self.refused(400, "bad_input", "after", "catalog.price.list", {"sku": "BAD", "after": "nonsense"})
        self.assertEqual(self.listed("BAD"), before)

    def test_who_may(self):
        self.make("MAY")
        self.refused(403, "forbidden", None, "catalog.price.put", {"sku": "MAY", "price": 1}, key=self.cashier)
        price = self.put("MAY", 900)
        self.refused(403, "forbidden", None, "catalog.price.drop", {"id": price["id"]}, key=self.cashier)
        self.assertEqual(self.shop.ok("catalog.price.list", {"sku": "MAY"}, key=self.cashier)["prices"], [price])

    def test_each_change_is_an_event(self):
        self.make("EVENT")
        price = self.put("EVENT", 900, channel="web", reason="launch")
        self.shop.ok("catalog.price.drop", {"id": price["id"]})
        events = self.shop.ok("system.log.list", {"type": "catalog.price.changed", "limit": 500})["events"]
        mine = [event["data"] for event in events if event["data"]["sku"] == "EVENT"]
        self.assertEqual([(event["id"], event["price"], event["channel"], event["dropped"]) for event in mine],
                         [(price["id"], 900, "web", False), (price["id"], 900, "web", True)])

    def test_the_books_are_sound(self):
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])


class Channels(Prices):
    def test_one_price_in_every_channel(self):
        """S2-7, S1-9: the same basket, member and moment through till, web and phone have the same bytes as a result."""
        self.make("SAME-1", 1990, brand="house", category="tea", tax_ppm=130000)
        self.make("SAME-2", 550, unit="kg")
        self.put("SAME-2", 500, reason="harvest")
        member = self.shop.ok("membership.join", {"phone": "13900000071", "name": "Same"})["member"]["id"]
        results = set()
        for channel in ("till", "web", "phone"):
            order = self.shop.ok("orders.quote", {"channel": channel, "location": "store-1", "member": member, "at": self.now,
                                                  "lines": [{"sku": "SAME-1", "qty": 2000}, {"sku": "SAME-2", "qty": 455}]})["order"]
            order.pop("channel", None)
            results.add(json.dumps(order, sort_keys=True))
        self.assertEqual(len(results), 1, results)

    def test_the_check_lists_differences_that_nobody_declared(self):
        """S2-7, S1-9: which articles have another price in a channel although nobody declared the exception."""
        for sku in ("D-1", "D-2", "D-3", "D-4", "D-5", "D-6", "D-7"):
            self.make(sku)
        undeclared = self.put("D-1", 900, channel="web")
        self.put("D-2", 900, channel="web", reason="clearance on the web")
        self.put("D-3", 1000, channel="web")  # no difference
        self.put("D-4", 900)  # the same everywhere
        at_place = self.put("D-4", 950, location="store-2")
        self.put("D-5", 900, channel="phone", **{"from": self.now - DAY, "until": self.now})  # over
        self.put("D-6", 900, channel="web", **{"from": self.now + DAY})  # not yet
        self.put("D-7", 900, channel="web")
        self.shop.ok("catalog.product.put", {"sku": "D-7", "state": "retired"})
        wanted = [{"sku": "D-1", "channel": "web", "price": 900, "usual": 1000, "id": undeclared["id"], "from": undeclared["from"]},
                  {"sku": "D-4", "location": "store-2", "price": 950, "usual": 900, "id": at_place["id"], "from": at_place["from"]}]
        mine = lambda **ask: [found for found in self.differences(**ask) if found["sku"].startswith("D-")]
        strip = lambda found: {name: value for name, value in found.items() if value != ""}
        self.assertEqual([strip(found) for found in mine()], wanted)
        self.assertEqual([found["sku"] for found in mine(channels=["phone"])], ["D-4"])
        self.assertEqual([found["sku"] for found in mine(channels=["web", "phone"])], ["D-1", "D-4"])
        self.assertEqual([found["sku"] for found in mine(at=self.now - 1)], ["D-5"])
        self.assertEqual([found["sku"] for found in mine(at=self.now + 2 * DAY)], ["D-1", "D-4", "D-6"])

    def test_a_channel_at_a_place_is_held_against_the_other_channels_there(self):
        for sku in ("AT-1", "AT-2"):
            self.make(sku)
            self.put(sku, 1200, location="store-2", reason="rent at the airport")
        self.put("AT-1", 1200, location="store-2", channel="web")  # what the till asks there, too
        cheaper = self.put("AT-2", 1000, location="store-2", channel="web")  # what it costs elsewhere, but not there
        found = [found for found in self.differences() if found["sku"].startswith("AT-")]
        self.assertEqual([(one["id"], one["price"], one["usual"]) for one in found], [(cheaper["id"], 1000, 1200)])

    def test_small_pages_give_each_difference_once(self):
        for i in range(7):
            self.make("P-%d" % i)
            for n in range(3):
                self.put("P-%d" % i, 900 + n, channel="web", **{"from": self.now - (n + 1) * DAY})
            self.put("P-%d" % i, 800, location="store-1")
        whole = [found for found in self.differences() if found["sku"].startswith("P-")]
        self.assertEqual([(found["sku"], found["price"]) for found in whole], [pair for i in range(7) for pair in (("P-%d" % i, 900), ("P-%d" % i, 800))])
        for limit in (1, 2, 3):
            self.assertEqual([found for found in self.differences(limit=limit) if found["sku"].startswith("P-")], whole)
        self.refused(400, "bad_input", "after", "catalog.price.differences", {"after": "nonsense"})


if __name__ == "__main__":
    unittest.main()
