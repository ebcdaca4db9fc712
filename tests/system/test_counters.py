"""What is counted of members: ledgers with windows, filled by orders and returns and by hand, and over all ids of one customer."""

import random
import unittest

import merx

DAY = 24 * 3600 * 1000
NOBODY = "mem_" + "0" * 26


class Counters(merx.ShopTest):
    settings = {"zone": "Asia/Shanghai"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for place in ("store-1", "store-2"):
            cls.shop.ok("inventory.location.put", {"id": place, "zone": "Asia/Shanghai"})
        for sku, category, brand in (("TEA", "tea", "hill"), ("POT", "ware", "kiln"), ("LEAF", "tea", "")):
            cls.shop.ok("catalog.product.put", {"sku": sku, "name": {"en": sku}, "price": 1000, "unit": "piece", "category": category,
                                                "tax_ppm": 0, "stocked": False, **({"brand": brand} if brand else {})})
        cls.now = cls.shop.ok("shop.clock.get")["now"]
        cls.number = 0

    def member(self):
        type(self).number += 1
        return self.shop.ok("membership.join", {"phone": "139%08d" % self.number})["member"]["id"]

    def sell(self, member, skus=("TEA",), at=None, location="store-1", pieces=1):
        lines = [{"sku": sku, "qty": pieces * 1000} for sku in skus]
        return self.shop.ok("orders.place", {"channel": "till", "location": location, "member": member, "lines": lines,
                                             "tenders": [{"kind": "cash", "amount": 1000 * pieces * len(skus)}],
                                             **({"at": at} if at else {})})["order"]

    def take_back(self, order, line=1, pieces=1, **more):
        return self.shop.ok("orders.return", {"location": "store-1", "reason": "test", "lines": [{"order": order["id"], "line": line, "qty": pieces * 1000}], **more})

    def add(self, member, name, delta, source, at=None):
        return self.shop.ok("membership.counter.add", {"member": member, "name": name, "delta": delta, "source": source, **({"at": at} if at else {})})["total"]

    def counts(self, member, **window):
        rows = self.shop.ok("membership.counter.list", {"member": member, "limit": 500, **window})["counters"]
        return {row["name"]: row["value"] for row in rows if row.get("value")}


class Orders(Counters):
    def test_an_order_counts_itself_its_visit_and_its_goods(self):
        """S2-3 (a part): what a customer bought is known at once, by category and brand."""
        member = self.member()
        self.sell(member, ["TEA", "POT", "LEAF"])
        self.assertEqual(self.counts(member), {"orders": 1, "spent_minor": 3000, "visits": 1, "category:tea": 2000, "category:ware": 1000,
                                               "pieces:tea": 2000, "pieces:ware": 1000, "brand:hill": 1000, "brand:kiln": 1000})
        self.sell(member, ["TEA"], pieces=2)
        self.sell(member, ["POT"], location="store-2")
        counts = self.counts(member)
        self.assertEqual((counts["orders"], counts["visits"], counts["spent_minor"], counts["brand:hill"]), (3, 2, 6000, 3000))
        self.assertEqual(self.counts(self.member()), {})

    def test_whoever_buys_all_day_long_came_once(self):
        """A till that sells to all its guests under one member does not get slower with each: few of them are looked at."""
        member = self.member()
        first = self.sell(member)
        for _ in range(102):
            self.sell(member)
        self.assertEqual(self.counts(member)["visits"], 1)
        self.take_back(first)
        self.assertEqual(self.counts(member)["visits"], 1)
        for _ in range(3):
            self.sell(member)
        self.sell(member, location="store-2")
        self.assertEqual((self.counts(member)["visits"], self.counts(member)["orders"]), (2, 106))

    def test_a_guest_is_not_counted(self):
        self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 1000}],
                                      "tenders": [{"kind": "cash", "amount": 1000}]})

    def test_returns_take_back_at_the_time_of_the_return(self):
        member = self.member()
        before = self.now - 40 * DAY
        order = self.sell(member, ["TEA", "POT"], at=before)
        other = self.sell(member, ["POT"], at=before + 1000)
        self.take_back(order, 1)
        counts = self.counts(member)
        self.assertEqual((counts["orders"], counts["visits"], counts["spent_minor"]), (2, 1, 2000))
        self.assertNotIn("category:tea", counts)
        self.assertEqual(self.counts(member, until=self.now - 39 * DAY)["category:tea"], 1000)
        self.assertEqual(self.counts(member, **{"from": self.now - 39 * DAY}), {"spent_minor": -1000, "category:tea": -1000, "pieces:tea": -1000, "brand:hill": -1000})
        self.take_back(order, 2)
        counts = self.counts(member)
        self.assertEqual((counts["orders"], counts["visits"]), (1, 1), "the other order of that day stands")
        self.take_back(other, 1)
        self.assertEqual(self.counts(member), {})
        self.assertEqual(self.counts(member, until=self.now - 39 * DAY)["visits"], 1)

    def test_a_visit_is_a_day_on_the_clocks_of_the_location(self):
        member = self.member()
        midnight = (self.now // DAY - 10) * DAY - 8 * 3600 * 1000  # in Shanghai
        for at in (midnight - 1000, midnight + 1000, midnight + DAY - 1000, midnight + DAY):
            self.sell(member, at=at)
        self.assertEqual(self.counts(member)["visits"], 3)


class Windows(Counters):
    def test_any_window_is_what_a_plain_sum_says(self):
        """Entries come in any order; a window is the difference of its two ends all the same."""
        member, entries, chance = self.member(), [], random.Random(5)
        for n in range(merx.fewer(120, 60)):
            at = self.now - chance.randrange(50) * DAY
            delta = chance.choice([-2, -1, 1, 2, 5])
            entries.append((at, delta))
            self.assertEqual(self.add(member, "class:latte", delta, "n%d" % n, at), sum(d for _, d in entries))
        for _ in range(40):
            begin, end = sorted(self.now - chance.randrange(52) * DAY for _ in range(2))
            if begin == end:
                continue
            want = sum(delta for at, delta in entries if begin <= at < end)
            self.assertEqual(self.counts(member, **{"from": begin, "until": end}).get("class:latte", 0), want, (begin, end))

    def test_what_comes_later_than_a_thousand_others_counts_from_the_oldest_of_these(self):
        member, client = self.member(), self.shop.client()
        for n in range(1003):
            status, answer = client.call("membership.counter.add", {"member": member, "name": "class:many", "delta": 1, "source": "n%d" % n,
                                                                    "at": self.now - DAY + n})
            self.assertEqual(status, 200, answer)
        client.close()
        self.assertEqual(self.add(member, "class:many", 100, "late", self.now - 20 * DAY), 1103)
        self.assertEqual(self.counts(member, until=self.now - DAY), {})
        self.assertEqual(self.counts(member, until=self.now - DAY + 3)["class:many"], 3)
        self.assertEqual(self.counts(member, until=self.now - DAY + 4)["class:many"], 104)
        self.assertEqual(self.counts(member)["class:many"], 1103)

    def test_the_same_document_counts_once(self):
        member = self.member()
        self.assertEqual([self.add(member, "reviews", 1, "review-1") for _ in range(3)], [1, 1, 1])
        self.assertEqual(self.add(member, "reviews", 1, "review-2"), 2)
        self.assertEqual(self.add(member, "class:art", 1, "review-1"), 1)

    def test_a_counter_has_an_end_of_keys(self):
        """A rule that looks at "class:*" reads each of them in every sale of this member."""
        member, client = self.member(), self.shop.client()
        for n in range(500):
            status, answer = client.call("membership.counter.add", {"member": member, "name": "class:k%d" % n, "delta": 1, "source": "x"})
            self.assertEqual(status, 200, answer)
        client.close()
        self.refused(409, "too_many_keys", "name", "membership.counter.add", {"member": member, "name": "class:more", "delta": 1, "source": "x"})
        self.add(member, "class:k7", 1, "y")
        self.add(member, "talk:more", 1, "x")

    def test_the_oldest_entry_that_counts_is_told(self):
        member = self.member()
        for days in (30, 20, 10):
            self.add(member, "class:art", 1, "d%d" % days, self.now - days * DAY)
        row = self.shop.ok("membership.counter.list", {"member": member, "from": self.now - 25 * DAY})["counters"][0]
        self.assertEqual((row["value"], row["oldest"]), (2, self.now - 20 * DAY))

    def test_names_come_in_pages(self):
        member = self.member()
        names = sorted("class:k%d" % n for n in range(7))
        for name in names:
            self.add(member, name, 1, "x")
        self.add(member, "reviews", 1, "x")
        for limit in (1, 3, 8):
            found, after = [], {}
            while True:
                page = self.shop.ok("membership.counter.list", {"member": member, "name": "class:*", "limit": limit, **after})
                found += [row["name"] for row in page["counters"]]
                if "next" not in page:
                    break
                after = {"after": page["next"]}
            self.assertEqual(found, names)
        self.assertEqual([row["name"] for row in self.shop.ok("membership.counter.list", {"member": member, "name": "class:k3"})["counters"]], ["class:k3"])
        nothing = self.shop.ok("membership.counter.list", {"member": member, "name": "class:k", "limit": 1})
        self.assertEqual((nothing["counters"], nothing.get("next")), ([], None), "no page for each name that begins alike")

    def test_bad_input_is_named_and_changes_nothing(self):
        member = self.member()
        good = {"member": member, "name": "class:art", "delta": 1, "source": "x"}
        for change, code, field in [
            ({"name": "orders"}, "bad_input", "name"), ({"name": "category:tea"}, "bad_input", "name"), ({"name": "Class"}, "bad_input", "name"),
            ({"name": "class:*"}, "bad_input", "name"), ({"name": "class:"}, "bad_input", "name"), ({"name": ""}, "out_of_range", "name"),
            ({"delta": 0}, "out_of_range", "delta"), ({"delta": 10 ** 10}, "out_of_range", "delta"), ({"source": " "}, "bad_input", "source"),
            ({"at": self.now + 30 * DAY}, "out_of_range", "at"), ({"member": "mem_x"}, "out_of_range", "member"),
        ]:
            with self.subTest(change=change):
                self.refused(400, code, field, "membership.counter.add", {**good, **change})
        self.refused(404, "not_found", "member", "membership.counter.add", {**good, "member": NOBODY})
        self.refused(404, "not_found", "member", "membership.counter.list", {"member": NOBODY})
        self.refused(400, "out_of_range", "until", "membership.counter.list", {"member": member, "from": 2000, "until": 1000})
        self.assertEqual(self.counts(member), {})


class Verified(Counters):
    def test_totals_are_the_sums_of_their_entries(self):
        member = self.member()
        order = self.sell(member, ["TEA", "POT"], at=self.now - 3 * DAY)
        self.take_back(order)
        self.add(member, "reviews", 2, "r", self.now - 9 * DAY)
        done = self.shop.verify()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Merged(Counters):
    def test_both_ids_are_read_as_one_and_parted_exactly(self):
        """S2-13a: joined twice, merged, the histories of both are one in the next read; parted, each has her own again."""
        one, two = self.member(), self.member()
        self.sell(one, ["TEA"])
        self.sell(two, ["POT"], location="store-2")
        self.add(two, "class:art", 3, "x")
        persons = [self.shop.ok("identity.person.find", {"kind": "phone", "value": self.shop.ok("membership.get", {"id": m})["member"]["phones"][0]})["person"]
                   for m in (one, two)]
        ids = [p["id"] if isinstance(p, dict) else p for p in persons]
        merge = self.shop.ok("identity.person.merge", {"from": ids[1], "into": ids[0], "reason": "the same"})
        both = {"orders": 2, "spent_minor": 2000, "visits": 2, "category:tea": 1000, "category:ware": 1000, "pieces:tea": 1000,
                "pieces:ware": 1000, "brand:hill": 1000, "brand:kiln": 1000, "class:art": 3}
        self.assertEqual(self.counts(one), both)
        self.assertEqual(self.counts(two), both)
        card = self.shop.ok("membership.get", {"id": two})["member"]
        self.assertEqual((card["id"], card["members"], len(card["phones"])), (one, [one, two], 2))
        self.assertEqual(self.add(one, "class:art", 3, "x"), 3, "the same document, counted under her other id")
        self.assertEqual(self.add(two, "reviews", 2, "r"), 2)
        self.assertEqual(self.add(one, "reviews", 2, "r"), 2)
        self.sell(two, ["TEA"])  # under the standing id
        answer = self.shop.ok("identity.person.unmerge", {"merge": merge["merge"]["id"] if isinstance(merge["merge"], dict) else merge["merge"]})
        self.assertIn(("counters", 1), [(row["what"], row["count"]) for row in answer["unsplit"]])
        self.assertEqual((self.counts(one)["orders"], self.counts(one)["reviews"]), (2, 2))
        self.assertEqual(self.counts(two), {"orders": 1, "spent_minor": 1000, "visits": 1, "category:ware": 1000, "pieces:ware": 1000,
                                            "brand:kiln": 1000, "class:art": 3})

    def test_a_return_is_taken_from_whom_it_was_counted_for(self):
        one, two, stranger = (self.member() for _ in range(3))
        order, other = self.sell(two), self.sell(two, location="store-2")
        persons = [self.shop.ok("identity.person.find", {"kind": "phone", "value": self.shop.ok("membership.get", {"id": m})["member"]["phones"][0]})["person"]
                   for m in (one, two)]
        merge = self.shop.ok("identity.person.merge", {"from": persons[1], "into": persons[0], "reason": "the same"})["merge"]
        self.take_back(order, member=one)
        self.take_back(other, member=stranger)
        self.assertEqual((self.counts(one), self.counts(stranger)), ({}, {}))
        self.shop.ok("identity.person.unmerge", {"merge": merge})
        self.assertEqual((self.counts(one), self.counts(two)), ({}, {}))

    def merged(self, source, into):
        persons = [self.shop.ok("identity.person.find", {"kind": "phone", "value": self.shop.ok("membership.get", {"id": m})["member"]["phones"][0]})["person"]
                   for m in (source, into)]
        return self.shop.ok("identity.person.merge", {"from": persons[0], "into": persons[1], "reason": "the same"})["merge"]

    def visits(self, *members):
        return [self.counts(member).get("visits", 0) for member in members]

    def test_a_visit_on_the_day_of_a_merge_counts_once(self):
        one, two = self.member(), self.member()
        first = self.sell(one)
        merge = self.merged(one, two)
        second, third = self.sell(one), self.sell(two)  # both under the one that stands
        self.assertEqual((self.visits(one, two), self.counts(one)["orders"]), ([1, 1], 3))
        self.take_back(first)
        self.assertEqual(self.visits(two), [1], "two orders of that visit stand")
        self.take_back(second)
        self.assertEqual(self.visits(two), [1])
        self.shop.ok("identity.person.unmerge", {"merge": merge})
        self.assertEqual(self.visits(one, two), [0, 1], "it is counted for whom an order of it stands")
        self.take_back(third)
        self.assertEqual(self.visits(one, two), [0, 0])
        self.sell(two)
        self.assertEqual(self.visits(one, two), [0, 1])

    def test_one_return_of_what_was_bought_under_two_ids(self):
        """Each id loses the orders and the visits that were counted for it."""
        one, two = self.member(), self.member()
        orders = [self.sell(one), *(self.sell(two, at=self.now - days * DAY) for days in (1, 3, 5))]
        merge = self.merged(one, two)
        self.assertEqual((self.visits(two), self.counts(two)["orders"]), ([4], 4))
        self.shop.ok("orders.return", {"location": "store-1", "reason": "all of it", "lines": [{"order": order["id"], "line": 1, "qty": 1000} for order in orders]})
        self.assertEqual(self.counts(two), {})
        self.shop.ok("identity.person.unmerge", {"merge": merge})
        for member in (one, two):
            self.assertEqual([self.counts(member).get(name, 0) for name in ("visits", "orders")], [0, 0])

    def test_what_was_two_visits_before_a_merge_is_taken_back_twice(self):
        one, two = self.member(), self.member()
        first, second = self.sell(one), self.sell(two)
        merge = self.merged(one, two)
        self.assertEqual(self.visits(two), [2])
        third = self.sell(two)
        self.assertEqual(self.visits(two), [2])
        self.take_back(second)
        self.assertEqual(self.visits(two), [1])
        self.shop.ok("identity.person.unmerge", {"merge": merge})
        self.assertEqual(self.visits(one, two), [1, 0])
        self.take_back(first)
        self.assertEqual(self.visits(one, two), [0, 0])
        self.sell(two)
        self.assertEqual(self.visits(one, two), [0, 1], "the third was never counted for her")
        self.take_back(third)
        self.assertEqual(self.visits(one, two), [0, 1])


if __name__ == "__main__":
    unittest.main()
