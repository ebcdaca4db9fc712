"""Points and time: what they are earned on, when a year ends them, and what was owed on a day of the past."""

import datetime
import random
import unittest

from customers import new_phone
from points_shop import DAY, Points

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


class Earning(Points):
    def quoted(self, member, pieces, *tenders):
        """Points that the sale would earn."""
        return self.shop.ok("orders.quote", self.sale(member, pieces, *tenders), idem=False)["order"]["points_earned"]

    def test_what_points_pay_earns_nothing_unless_the_shop_says_so(self):
        """A sale of 100.00, of which points pay 40.00: quote and sale agree, and a return takes back what was earned."""
        for on_points, earned in ((False, 60), (True, 100)):
            member = self.join()
            self.give(member, 400)
            self.set(earn_on_points=on_points)
            tenders = [self.points(member, 2500, False), self.points(member, 1500, False), {"kind": "cash", "amount": 6000}]
            self.assertEqual(self.quoted(member, 10, *tenders), earned)
            self.assertEqual(self.quoted(member, 10, {"kind": "cash", "amount": 10000}), 100)
            order = self.buy(member, 10, self.points(member, 4000), {"kind": "cash", "amount": 6000})
            self.assertEqual((order["points_earned"], self.balance(member)["points"]), (earned, earned))
            self.assertTrue(self.shop.ok("orders.explain", {"order": order["id"]})["reproduced"])
            back = self.back(order, 10)
            self.assertEqual((back["points_reversed"], self.balance(member)["points"]), (earned, 400))

    def test_parts_of_such_a_sale_sum_to_what_it_earned(self):
        member = self.join()
        self.give(member, 400)
        self.set(earn_on_points=False)
        order = self.buy(member, 7, self.points(member, 3990), {"kind": "cash", "amount": 3010})
        self.assertEqual(order["points_earned"], 30)
        self.set(earn_on_points=True)  # sales of the past keep theirs
        self.assertEqual(sum(self.back(order, pieces)["points_reversed"] for pieces in (3, 1, 2, 1)), 30)
        self.assertEqual(self.balance(member)["points"], 400)

    def test_a_sale_that_points_pay_alone_earns_nothing(self):
        member = self.join()
        self.give(member, 100)
        self.set(earn_on_points=False)
        order = self.buy(member, 1, self.points(member, 1000))
        self.assertEqual((order.get("points_earned", 0), self.balance(member)["points"]), (0, 0))


class YearEnd(Points):
    def ends(self, member):
        return {lot["order"]: lot["expires_at"] for lot in self.balance(member)["lots"]}

    def year_end(self, years):
        """The last millisecond of that year in the shop's zone, UTC+8 all year."""
        now = datetime.datetime.fromtimestamp(self.now_ms() / 1000, SHANGHAI)
        return int(datetime.datetime(now.year + years + 1, 1, 1, tzinfo=SHANGHAI).timestamp() * 1000) - 1

    def test_points_live_until_the_end_of_a_year(self):
        member = self.join()
        for years in (0, 1, 4):
            self.set(expires_at_year_end=True, expires_after_years=years)
            order = self.buy(member, 2)["id"]
            gift = self.give(member, 3)["source"]
            self.assertEqual([self.ends(member)[source] for source in (order, gift)], [self.year_end(years)] * 2)
        months = self.shop.ok("loyalty.liability", idem=False)["months"]
        self.assertIn((datetime.datetime.fromtimestamp(self.year_end(4) / 1000, SHANGHAI).year, 12), [(m["year"], m["month"]) for m in months])

    def test_what_may_be_used_only_next_year_has_that_year(self):
        member = self.join()
        self.set(expires_at_year_end=True, available_after_ms=366 * DAY)
        usable = datetime.datetime.fromtimestamp((self.now_ms() + 366 * DAY) / 1000, SHANGHAI).year
        order = self.buy(member, 2)["id"]
        self.assertEqual(datetime.datetime.fromtimestamp(self.ends(member)[order] / 1000, SHANGHAI).year, usable)

    def test_they_are_good_to_the_last_and_gone_after_it(self):
        """Spent ones that come back keep the end that they had."""
        member = self.join()
        self.set(expires_at_year_end=True, expires_after_years=1)
        source = self.buy(member, 9)["id"]
        end = self.ends(member)[source]
        paid = self.buy(member, 1, self.points(member, 500), {"kind": "cash", "amount": 500})
        self.set()
        self.advance(end - self.now_ms() - 3600 * 1000)
        self.shop.ok("shop.clock.confirm")
        self.back(paid)
        self.assertEqual((self.ends(member)[source], self.rests(member)[source]), (end, 90))
        self.advance(3600 * 1000)
        self.assertEqual(self.balance(member)["points"], 0)

    def test_settings_that_contradict_each_other(self):
        for field, body in (("expires_at_year_end", {"expires_at_year_end": True, "expires_after_ms": DAY}),
                            ("expires_after_years", {"expires_after_years": 2}), ("expires_after_years", {"expires_after_years": 101})):
            before = self.shop.ok("loyalty.settings.get", {})
            status, answer = self.shop.call("loyalty.settings.put", body)
            self.assertEqual((status, answer["field"]), (400, field))
            self.assertEqual(self.shop.ok("loyalty.settings.get", {}), before)


class Past(Points):
    """loyalty.liability as of a time of the past."""

    def owed(self, **at):
        return self.shop.ok("loyalty.liability", at, idem=False)

    def remember(self):
        self.wait_for(lambda: self.owed()["unbooked"] == 0)
        figures = self.owed()
        self.assertEqual(self.owed(at=figures["at"]), figures)
        self.advance(1000)
        return figures

    def test_it_is_what_was_said_then(self):
        """Sold, spent, sent back, released, expired, given back to lots that then live on: the figure of each day stands."""
        member = self.join()
        before = self.remember()
        self.set(expires_after_ms=2 * DAY, restore_grace_ms=40 * DAY, available_after_ms=DAY)
        source = self.buy(member, 5)
        pending = self.remember()
        self.assertEqual([pending[name] - before[name] for name in ("points", "pending", "lots")], [50, 50, 1])
        self.shop.ok("loyalty.points.release", {"member": member})
        released = self.remember()
        self.assertEqual((released["pending"], released["available"] - before["available"]), (before["pending"], 50))
        paid = self.buy(member, 1, self.points(member, 400), {"kind": "cash", "amount": 600})
        spent = self.remember()
        self.back(source, 1)
        returned = self.remember()
        self.advance(3 * DAY)
        gone = self.remember()
        self.back(paid)
        lives_on = self.remember()
        self.assertEqual(lives_on["points"] - gone["points"], 40)
        for figures in (before, pending, released, spent, returned, gone, lives_on):
            self.assertEqual(self.owed(at=figures["at"]), figures)

    def test_what_was_booked_later_was_not_owed_yet(self):
        """Whatever its own time: a till that was cut off sends its sales late."""
        member, early = self.join(), self.now_ms()
        self.advance(60000)
        before = self.remember()
        self.shop.ok("orders.place", {**self.sale(member, 3), "at": early})
        self.assertEqual(self.owed(at=before["at"]), before)
        self.assertEqual(self.owed()["points"] - before["points"], 30)

    def test_debts_of_then(self):
        member = self.join()
        self.set(negative="owe")
        order = self.buy(member, 5)
        self.shop.ok("loyalty.points.adjust", {"member": member, "points": -45, "reason": "spent"})
        before = self.remember()
        self.back(order, 5)
        owing = self.remember()
        self.assertEqual(owing["owed"] - before["owed"], 45)
        self.buy(member, 3)
        less = self.remember()
        self.assertEqual(owing["owed"] - less["owed"], 30)
        self.buy(member, 9)
        for figures in (before, owing, less):
            self.assertEqual(self.owed(at=figures["at"]), figures)

    def test_any_life_of_many(self):
        dice, phones = random.Random(11), [new_phone() for _ in range(4)]
        members, sold, said = [self.join(phone) for phone in phones], [], []
        for number in range(32):
            self.set(negative=dice.choice(("owe", "never")), expires_after_ms=dice.choice((0, 2 * DAY, 30 * DAY)),
                     available_after_ms=dice.choice((0, DAY)), restore_grace_ms=dice.choice((0, 5 * DAY)))
            if number == 16:
                people = [self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"] for phone in phones]
                self.shop.ok("identity.person.merge", {"from": people[1], "into": people[0], "reason": "one"})
            self.live_once(dice, dice.choice(members), sold)
            if dice.random() < 0.3:
                self.advance(DAY)
            if number % 3 == 0:
                said.append(self.remember())
        for figures in said:
            self.assertEqual(self.owed(at=figures["at"]), figures)

    def live_once(self, dice, member, sold):
        pieces = dice.randint(1, 4)
        worth = self.shop.ok("loyalty.points.worth", {"member": member, "due": pieces * 1000})["amount"]
        tenders = [self.points(member, dice.randint(1, worth))] if worth and dice.random() < 0.8 else []
        rest = pieces * 1000 - sum(tender["amount"] for tender in tenders)
        order = self.buy(member, pieces, *tenders, *([{"kind": "cash", "amount": rest}] if rest else []))
        sold.append([order, pieces])
        one = dice.choice(sold)
        if one[1] and dice.random() < 0.6:
            self.back(one[0], dice.randint(1, one[1]))
            sold.remove(one)

    def test_nothing_is_known_of_the_future(self):
        status, answer = self.shop.call("loyalty.liability", {"at": self.now_ms() + DAY}, idem=False)
        self.assertEqual((status, answer["field"]), (400, "at"))


if __name__ == "__main__":
    unittest.main()
