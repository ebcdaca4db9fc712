"""RFM, churn, worth, tastes, love of offers, with their numbers, against a computation of our own over real receipts."""

import datetime
import gzip
import os
import unittest

import merx
from insight_shop import DAY, InsightTest

SAMPLE = os.path.join(merx.ROOT, "tests", "data", "online-retail")


def bucket(spent):
    """As the README of insight says: an octave of money has 64 steps."""
    shift = 0
    if spent <= 0:
        return 0
    while spent >> shift >= 128:
        shift += 1
    return (shift << 6) + (spent >> shift)


def place(values, value):
    below = sum(1 for one in values if one < value)
    alike = sum(1 for one in values if one == value)
    return 1 + 5 * below // len(values), (below * 2 + alike) * 500000 // len(values)


class Scores(InsightTest):
    rules = 'promotion { id = "half", where = { sku = "DEAL" }, percent = 50 }'

    def test_tastes_and_love_of_offers(self):
        """S0-5: share of spending on a brand, and share of it that was taken off."""
        member = self.member()
        self.product("TEA", price=3000, stock=10, brand="leaf", category="tea")
        self.product("DEAL", price=2000, stock=10, brand="pot", category="ware")
        self.buy(member, ("TEA", 1), ("DEAL", 1))
        self.wait_orders(member, 1)
        scores = self.scores(member)
        self.assertEqual((scores["spent"], scores["discount"], scores["promotion_ppm"]), (4000, 1000, 200000))
        tastes = {one["name"]: one["share_ppm"] for one in scores["tastes"]}
        self.assertEqual(tastes, {"brand:leaf": 750000, "category:tea": 750000, "brand:pot": 250000, "category:ware": 250000})
        self.assertEqual([one["what"] for one in scores["places"]], ["recency", "frequency", "money"])

    def test_tastes_wear_by_half_in_120_days(self):
        member = self.member()
        self.product("OLD-LOVE", price=10000, stock=10, brand="then")
        self.product("NEW-LOVE", price=10000, stock=10, brand="now")
        self.buy(member, ("OLD-LOVE", 1))
        self.wait_orders(member, 1)
        self.advance(120)
        self.buy(member, ("NEW-LOVE", 1))
        self.wait_orders(member, 2)
        tastes = {one["name"]: one["share_ppm"] for one in self.scores(member)["tastes"]}
        self.assertAlmostEqual(tastes["brand:then"] / 1e6, 1 / 3, places=3)
        self.assertAlmostEqual(tastes["brand:now"] / 1e6, 2 / 3, places=3)

    def test_a_return_takes_back_what_it_gave(self):
        member = self.member()
        self.product("BACK", price=5000, stock=10, brand="b")
        order = self.buy(member, ("BACK", 1))
        self.wait_orders(member, 1)
        self.shop.ok("orders.return", {"location": "store-1", "reason": "r", "lines": [{"order": order["id"], "line": 1, "qty": 1000}]})
        self.until((0, 0), lambda: tuple(self.scores(member)[name] for name in ("orders", "spent")))

    def test_nothing_is_said_before_the_first_sale_or_without_consent(self):
        member = self.member()
        self.assertEqual(self.scores(member).get("places", []), [])
        other = self.member(consents=False)
        self.assertTrue(self.scores(other)["withheld"])
        self.refused(404, "not_found", "member", "insight.scores", {"member": "mem_" + "0" * 26})


def real_sales(most):
    """-> [(customer, at_ms, pence)] of sales to customers with a name, in time order."""
    sales = []
    with gzip.open(os.path.join(SAMPLE, "invoices.txt.gz"), "rt", encoding="utf-8") as file:
        for line in file:
            number, at, customer, lines = line.rstrip("\n").split("|")
            at = datetime.datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=datetime.timezone.utc)
            total = sum(int(quantity) * int(price) for _, quantity, price in (part.split(",") for part in lines.split(";")))
            if customer and not number.startswith("C") and total >= 10:
                sales.append((customer, int(at.timestamp() * 1000), total // 10))
    return sales[:most]


class RealReceipts(InsightTest):
    """S2-8c S2-20: a real shop's sample, one member for each of its customers; every number computed here a second time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        test = cls()
        cls.sales = real_sales(merx.fewer(400, 150))
        test.product("PENNY", price=1, stocked=False, tax_ppm=0, brand="penny")
        cls.members = {customer: test.member() for customer in sorted({sale[0] for sale in cls.sales})}
        for customer, at, pence in cls.sales:
            test.buy(cls.members[customer], ("PENNY", pence), at=at)
        cls.own = {}
        for customer, at, pence in cls.sales:
            orders, spent, first, last = cls.own.get(customer, (0, 0, at, at))
            cls.own[customer] = (orders + 1, spent + pence, min(first, at), max(last, at))
        for customer, (orders, _, _, _) in cls.own.items():
            test.wait_orders(cls.members[customer], orders)

    def curves(self, own):
        return ([last // DAY for _, _, _, last in own.values()], [orders for orders, _, _, _ in own.values()],
                [bucket(spent) for _, spent, _, _ in own.values()])

    def own_scores(self, own, customer):
        orders, spent, _, last = own[customer]
        fifths, ranks = zip(*(place(values, value) for values, value in zip(self.curves(own), (last // DAY, orders, bucket(spent)))))
        return fifths, ranks, 1000000 - sum(ranks) // 3

    def test_every_member_stands_where_a_second_computation_puts_her(self):
        for customer, member in self.members.items():
            scores = self.scores(member)
            fifths, ranks, churn = self.own_scores(self.own, customer)
            self.assertEqual((scores["orders"], scores["spent"], scores["first_at"], scores["last_at"]), self.own[customer])
            self.assertEqual(tuple(one["fifth"] for one in scores["places"]), fifths, customer)
            self.assertEqual(tuple(one["rank_ppm"] for one in scores["places"]), ranks, customer)
            self.assertEqual(scores["churn_ppm"], churn, customer)
            a_year = scores["spent"] * 365 // scores["tenure_days"]
            self.assertEqual(scores["clv_minor"], a_year * (1000000 - churn) // 1000000)

    def test_segments_by_score_hold_exactly_those(self):
        for where, wanted in (({"score": "rfm.money", "at_least": 5}, lambda f, c: f[2] == 5), ({"score": "churn_ppm", "at_least": 700000}, lambda f, c: c >= 700000)):
            mine = {self.members[customer] for customer in self.members if wanted(*self.own_scores(self.own, customer)[::2])}
            self.assertEqual(set(self.inside(where, limit=500)), mine)
            self.assertEqual(self.count(where), len(mine))

    def test_a_segment_is_the_same_when_it_is_asked_for_a_day_that_has_passed(self):
        """S3-15: as of the middle of the ten months, from the sales until then alone."""
        day = self.sales[len(self.sales) // 2][1]
        then = {}
        for customer, at, pence in self.sales:
            if at <= day:
                orders, spent, first, last = then.get(customer, (0, 0, at, at))
                then[customer] = (orders + 1, spent + pence, min(first, at), max(last, at))
        window = {customer: sum(pence for who, at, pence in self.sales if who == customer and day - 30 * DAY <= at <= day) for customer in then}
        mine = {self.members[customer] for customer, pence in window.items() if pence >= 20000}
        self.assertEqual(set(self.inside({"count": "spent_minor", "days": 30, "at_least": 20000}, at=day, limit=500)), mine)
        mine = {self.members[customer] for customer in then if self.own_scores(then, customer)[0][2] == 5}
        self.assertEqual(set(self.inside({"score": "rfm.money", "at_least": 5}, at=day, limit=500)), mine)


if __name__ == "__main__":
    unittest.main()
