"""Two who were said to be one and were not: what the one spent of the other's in between is back, owed, told and listed."""

import concurrent.futures
import random
import unittest

import merx
from customers import CustomerTest, new_phone

PLAIN = {"minor_per_point": 100, "available_after_ms": 0, "expires_after_ms": 0, "burn_minor_per_point": 10, "burn_min_points": 0,
         "burn_step_points": 0, "burn_max_share_ppm": 0, "burn_max_minor": 0, "restore_grace_ms": 0, "negative": "never",
         "earn_on_points": True}


class Borrowed(CustomerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}})
        cls().product("TEA", price=1000, below_zero=True)
        cls.shop.ok("loyalty.settings.put", PLAIN)
        cls.manager = cls.shop.ok("identity.staff.put", {"name": "M", "login": "m", "role": "manager"})["staff"]["id"]
        key = cls.shop.ok("identity.key.create", {"principal": cls.manager})["key"]["id"]
        cls.key = cls.shop.ok("identity.key.reveal", {"id": key})["text"]

    def setUp(self):
        self.begin = self.shop.ok("shop.clock.get")["now"]

    def tearDown(self):
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])

    def somebody(self, points=0):
        """A new member -> (member, person)."""
        phone = new_phone()
        member = self.join(phone)
        if points:
            self.shop.ok("loyalty.points.adjust", {"member": member, "points": points, "reason": "for the test"})
        return member, self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"]

    def merge(self, source, into):
        self.advance(61000)
        return self.shop.ok("identity.person.merge", {"from": source[1], "into": into[1], "reason": "the same"}, key=self.key)["merge"]

    def unmerge(self, merge):
        """What is said of it -> {what: count}."""
        done = self.shop.ok("identity.person.unmerge", {"merge": merge}, key=self.key)
        return {entry["what"]: entry["count"] for entry in done["unsplit"]}

    def pay(self, who, *tenders, pieces=1, **more):
        rest = pieces * 1000 - sum(tender["amount"] for tender in tenders)
        cash = [{"kind": "cash", "amount": rest}] if rest else []
        return self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": who[0], "lines": [{"sku": "TEA", "qty": pieces * 1000}],
                                             "tenders": [*tenders, *cash], **more})["order"]["id"]

    def by(self, kind, who, amount):
        self.advance(61000)  # nobody is asked for more than some codes a minute
        return {"kind": kind, "amount": amount, "proof": self.proof_of(who[0])}

    def back(self, order):
        self.shop.ok("orders.return", {"location": "store-1", "reason": "r", "lines": [{"order": order, "line": 1, "qty": 1000}]})

    def points(self, *people):
        return [self.shop.ok("loyalty.points.balance", {"member": who[0]})["points"] for who in people]

    def owed(self, who):
        return self.shop.ok("loyalty.points.balance", {"member": who[0]}).get("owed", 0)

    def listed(self, kind):
        return [row for row in self.shop.ok("system.exceptions.list", {"from": self.begin})["exceptions"] if row["kind"] == kind]


class Points(Borrowed):
    def test_merged_spent_and_parted_in_quick_turn(self):
        """S0-20: a thief at the desk makes somebody one with his friend, spends her points, and parts them again."""
        victim, friend = self.somebody(100), self.somebody()
        merge = self.merge(victim, friend)
        self.pay(friend, self.by("points", friend, 500))
        self.assertEqual(self.points(victim, friend), [60, 60])
        self.assertEqual(self.unmerge(merge)["points_borrowed"], 50)
        self.assertEqual(self.points(victim, friend), [100, -40])
        self.assertEqual(self.owed(friend), 40, "what she had earned paid at once")
        row, = self.listed("points_borrowed")
        self.assertEqual((row["who"], row["count"], row["amount"], row["striking"]), (self.manager, 1, 50, True))
        self.pay(friend, pieces=5)
        self.assertEqual((self.points(friend), self.owed(friend)), ([10], 0), "what comes next pays it back")
        self.pay(victim, self.by("points", victim, 1000))
        self.assertEqual(self.points(victim), [10])

    def test_merged_the_other_way_round(self):
        """What was spent of the one who stands is hers, for nobody knows who of the two it was: it is counted, and both acts are listed."""
        victim, friend = self.somebody(100), self.somebody()
        merge = self.merge(friend, victim)
        self.pay(friend, self.by("points", friend, 500))
        told = self.unmerge(merge)
        self.assertEqual((told["points"] > 0, told.get("points_borrowed")), (True, None))
        self.assertEqual(self.points(victim, friend), [60, 0])
        for kind in ("persons_merged", "persons_parted"):
            row, = self.listed(kind)
            self.assertEqual((row["who"], row["count"]), (self.manager, 1))

    def test_a_refund_pays_the_debt_and_nobody_twice(self):
        victim, friend = self.somebody(100), self.somebody()
        merge = self.merge(victim, friend)
        order = self.pay(friend, self.by("points", friend, 500))
        self.unmerge(merge)
        self.back(order)
        self.assertEqual((self.points(victim, friend), self.owed(friend)), ([100, 0], 0))

    def test_a_refund_before_they_part_leaves_nothing_to_owe(self):
        victim, friend = self.somebody(100), self.somebody()
        merge = self.merge(victim, friend)
        self.back(self.pay(friend, self.by("points", friend, 500)))
        self.assertNotIn("points_borrowed", self.unmerge(merge))
        self.assertEqual(self.points(victim, friend), [100, 0])
        self.assertEqual(self.listed("points_borrowed"), [])

    def test_what_each_spent_of_her_own_is_spent(self):
        one, two = self.somebody(30), self.somebody(100)
        self.pay(two, self.by("points", two, 100))
        merge = self.merge(one, two)
        self.pay(two, self.by("points", two, 500))
        before = self.points(two)[0]
        self.assertEqual(self.unmerge(merge).get("points_borrowed"), 30, "the older lot went first, and was hers")
        self.assertEqual(self.points(one, two), [30, before - 30])
        again = self.merge(one, two)
        self.assertNotIn("points_borrowed", self.unmerge(again), "set right once")
        self.assertEqual(self.points(one, two), [30, before - 30])

    def test_three_and_the_one_who_stands_lends_too(self):
        """first into second, then second into third: each parting sets right what crosses it, whoever stood."""
        one, two, three = self.somebody(20), self.somebody(20), self.somebody(20)
        lower = self.merge(one, two)
        self.pay(two, self.by("points", two, 300))  # 20 of the first, 10 of the second
        upper = self.merge(two, three)
        self.assertEqual(self.unmerge(lower)["points_borrowed"], 20)
        self.assertEqual(self.points(one), [20])
        together = self.points(three)[0]
        self.pay(three, self.by("points", three, 100))
        self.assertEqual(self.points(two), [together])  # ten spent, ten earned
        self.unmerge(upper)
        self.assertEqual(sum(self.points(two, three)), together)
        self.assertEqual(self.points(one), [20])

    def test_what_was_sent_into_the_household_is_back_too(self):
        victim, friend, third = self.somebody(100), self.somebody(), self.somebody()
        house = self.shop.ok("membership.household.put", {"member": friend[0], "invite": [third[0]]})["household"]
        self.shop.ok("membership.household.join", {"household": house, "member": third[0], "proof": self.proof_of(third[0])})
        merge = self.merge(victim, friend)
        self.advance(61000)
        self.shop.ok("loyalty.points.transfer", {"from": friend[0], "to": third[0], "points": 70, "proof": self.proof_of(friend[0])})
        self.assertEqual(self.unmerge(merge)["points_borrowed"], 70)
        self.assertEqual(self.points(victim, friend, third), [100, -70, 70])

    def test_what_she_sent_herself_before_stays_sent(self):
        victim, friend = self.somebody(100), self.somebody()
        house = self.shop.ok("membership.household.put", {"member": victim[0], "invite": [friend[0]]})["household"]
        self.shop.ok("membership.household.join", {"household": house, "member": friend[0], "proof": self.proof_of(friend[0])})
        self.advance(61000)
        self.shop.ok("loyalty.points.transfer", {"from": victim[0], "to": friend[0], "points": 70, "proof": self.proof_of(victim[0])})
        self.assertNotIn("points_borrowed", self.unmerge(self.merge(victim, friend)))
        self.assertEqual(self.points(victim, friend), [30, 70])

    def test_what_paid_a_debt_or_was_taken_for_a_return_is_back_too(self):
        """Without a sale, too: her points pay what the friend owes, and stand in for what a return of his takes back."""
        self.shop.ok("loyalty.settings.put", {**PLAIN, "negative": "owe"})
        self.addCleanup(self.shop.ok, "loyalty.settings.put", PLAIN)
        victim, friend = self.somebody(100), self.somebody()
        order = self.pay(friend, pieces=1)  # earns ten
        self.pay(friend, self.by("points", friend, 100))  # spends them, and earns ten
        self.pay(friend, self.by("points", friend, 100))
        self.pay(friend, self.by("points", friend, 100))
        self.assertEqual(self.points(friend), [10])
        merge = self.merge(victim, friend)
        self.back(order)
        before = sum(self.points(friend))
        told = self.unmerge(merge)
        self.assertEqual(self.points(victim), [100], told)
        self.assertEqual(self.points(friend), [before - 100])

    def test_what_paid_for_goods_that_the_shop_had_let_go_is_back_too(self):
        """Points of hers that come back pay what was written off of his return; they count as used for him."""
        victim, friend = self.somebody(100), self.somebody()
        for _ in range(2):
            order = self.pay(friend)  # earns ten
            self.shop.ok("loyalty.points.adjust", {"member": friend[0], "points": -10, "reason": "for the test"})
            self.back(order)  # nothing is there: ten are written off
        self.assertEqual((self.points(friend), self.owed(friend)), ([0], 0))
        merge = self.merge(victim, friend)
        self.back(self.pay(friend, self.by("points", friend, 500)))
        self.assertEqual(self.points(friend), [80])
        self.assertEqual(self.unmerge(merge)["points_borrowed"], 20)
        self.assertEqual((self.points(victim, friend), self.owed(friend)), ([100, -20], 20))

    def test_what_was_taken_by_hand_from_the_other_is_back_too(self):
        victim, friend = self.somebody(100), self.somebody()
        merge = self.merge(victim, friend)
        self.shop.ok("loyalty.points.adjust", {"member": friend[0], "points": -30, "reason": "for the test"})
        self.shop.ok("loyalty.points.adjust", {"member": victim[0], "points": -20, "reason": "hers, by her own id"})
        self.assertEqual(self.unmerge(merge)["points_borrowed"], 30)
        self.assertEqual((self.points(victim, friend), self.owed(friend)), ([80, -30], 30))

    def test_who_does_nothing_loses_nothing(self):
        """Some only are said to be one with others, who buy, bring back, send, and have points taken: in the end theirs are all there,
        and what was owed before they parted is what it was."""
        self.addCleanup(self.shop.ok, "loyalty.settings.put", PLAIN)
        rng = random.Random(7)
        for negative in ("never", "owe"):
            self.shop.ok("loyalty.settings.put", {**PLAIN, "negative": negative})
            idle, busy = [self.somebody(100) for _ in range(3)], [self.somebody(50) for _ in range(2)]
            merges, sales = {}, []
            for _ in range(merx.fewer(60, 30)):
                self.live_once(rng, idle, busy, merges, sales)
            before = self.shop.ok("loyalty.liability", idem=False)
            self.advance(1000)
            for number in rng.sample(sorted(merges), len(merges)):
                self.unmerge(merges[number])
            self.assertEqual(self.points(*idle), [100] * 3)
            self.assertEqual(self.shop.ok("loyalty.liability", {"at": before["at"]}, idem=False), before)

    def live_once(self, rng, idle, busy, merges, sales):
        act, who, number = rng.random(), rng.choice(busy), rng.randrange(len(idle))
        if act < 0.2 and number not in merges:
            merges[number] = self.merge(idle[number], who)
        elif act < 0.4 and number in merges:
            self.unmerge(merges.pop(number))
        elif act < 0.6 and sales:
            self.back(sales.pop(rng.randrange(len(sales))))
        elif act < 0.7 and self.points(who)[0] >= 40:
            self.shop.call("loyalty.points.adjust", {"member": who[0], "points": -40, "reason": "for the test"})
        else:
            points = min(rng.choice([0, 10, 60, 100]), max(0, self.points(who)[0]))
            sales.append(self.pay(who, *([self.by("points", who, points * 10)] if points else [])))

    def test_of_very_many_lots_as_many_are_back_as_one_command_may_write(self):
        """And what the borrower has in very many lots pays as much at once; the rest when more comes."""
        third, victim, friend = self.somebody(1000), self.somebody(), self.somebody()
        with concurrent.futures.ThreadPoolExecutor(11) as givers:
            list(givers.map(self.give_lots, [victim[0]] * 11, [91] * 11))
        merge = self.merge(victim, friend)
        self.pay(friend, self.by("points", friend, 10010), pieces=11)
        self.assertEqual(self.unmerge(merge)["points_borrowed"], 1000)
        self.assertEqual(self.points(victim), [1000])
        merge = self.merge(third, victim)
        self.pay(victim, self.by("points", victim, 10000), pieces=10)  # all of the third's, whose lot is the oldest; earns a hundred
        self.assertEqual(self.unmerge(merge)["points_borrowed"], 1000)
        self.assertEqual((self.points(third, victim), self.owed(victim)), ([1000, 100], 500))
        self.pay(victim, pieces=50)
        self.assertEqual((self.points(victim), self.owed(victim)), ([600], 0))

    def give_lots(self, member, count):
        client = self.shop.client()
        for _ in range(count):
            client.call("loyalty.points.adjust", {"member": member, "points": 1, "reason": "for the test"})
        client.close()

    def test_what_was_written_with_a_time_of_the_past_is_told(self):
        victim, friend = self.somebody(), self.somebody()
        merge = self.merge(victim, friend)
        self.pay(friend)
        self.pay(friend, at=self.begin)
        self.assertEqual(self.unmerge(merge)["points"], 2)

    def test_any_merges_sales_and_partings_leave_each_what_is_hers(self):
        """Against a model: who stands spends, whatever she spends; every parting leaves both what they had and did."""
        self.shop.ok("loyalty.settings.put", {**PLAIN, "negative": "owe"})
        self.addCleanup(self.shop.ok, "loyalty.settings.put", PLAIN)
        rng, count = random.Random(2), 5
        people = [self.somebody(100) for _ in range(count)]
        hers, sales, edges = [100] * count, [], []  # what each has or owes; (order, who, points) that may come back; merges
        for step in range(merx.fewer(150, 60)):
            stands, act = self.stands(count, edges), rng.random()
            if act < 0.25:
                source, into = rng.sample(range(count), 2)
                if stands[source] != stands[into]:
                    edges.append((source, into, self.merge(people[source], people[into])))
            elif act < 0.45 and edges:
                self.unmerge(edges.pop(rng.randrange(len(edges)))[2])
            elif act < 0.6 and sales:
                order, who, points = sales.pop(rng.randrange(len(sales)))
                self.back(order)
                hers[who] += points - 10
            else:
                who, points = rng.randrange(count), rng.choice([0, 10, 40, 90])
                tenders = [self.by("points", people[who], points * 10)] if points else []
                status, answer = self.shop.call("orders.place", {
                    "channel": "till", "location": "store-1", "member": people[who][0], "lines": [{"sku": "TEA", "qty": 1000}],
                    "tenders": [*tenders, {"kind": "cash", "amount": 1000 - points * 10}]})
                if status == 409:
                    self.assertEqual(answer["code"], "points_short")
                    continue
                self.assertEqual(status, 200, answer)
                hers[stands[who]] += 10 - points
                sales.append((answer["order"]["id"], stands[who], points))
            stands = self.stands(count, edges)
            for i in range(count):
                self.assertEqual(self.points(people[i]), [sum(hers[k] for k in range(count) if stands[k] == stands[i])], "step %d" % step)

    @staticmethod
    def stands(count, edges):
        """Who stands for each."""
        stands = list(range(count))
        for source, into, _ in edges:
            stands = [stands[into] if one == stands[source] else one for one in stands]
        return stands


class Credit(Borrowed):
    def test_credit_that_was_used_behind_a_merge_is_told(self):
        """The victim sees her own account short; whoever parts them and the owner see by how much. A refund goes back to her."""
        victim, friend = self.somebody(), self.somebody()
        account = self.load(victim, 900)
        self.load(friend, 100)
        merge = self.merge(victim, friend)
        order = self.pay(friend, self.by("credit", friend, 700))
        self.pay(victim, self.by("credit", victim, 200))
        self.back(order)  # 600 of hers come back, and 100 of the friend's
        self.pay(friend, self.by("credit", friend, 400))
        self.assertEqual(self.unmerge(merge)["value_borrowed"], 500)
        self.assertEqual(self.shop.ok("wallet.get", {"account": account})["account"]["balance"], 400)
        row, = self.listed("value_borrowed")
        self.assertEqual((row["who"], row["count"], row["amount"], row["striking"]), (self.manager, 1, 500, True))

    def test_a_card_that_is_hers_too(self):
        victim, friend = self.somebody(), self.somebody()
        card = self.shop.ok("wallet.load", {"kind": "gift_card", "member": victim[0], "amount": 800, "location": "store-1",
                                            "tenders": [{"kind": "cash", "amount": 800}]})["account"]
        merge = self.merge(victim, friend)
        self.pay(friend, {**self.by("gift_card", friend, 300), "reference": card})
        self.assertEqual(self.unmerge(merge)["value_borrowed"], 300)
        self.assertEqual(self.listed("value_borrowed")[0]["amount"], 300)

    def test_what_was_used_of_the_one_who_stands_is_hers(self):
        """The same the other way round: nobody knows who of the two it was. It is counted, and merging and parting are both listed."""
        victim, friend = self.somebody(), self.somebody()
        account = self.load(victim, 900)
        merge = self.merge(friend, victim)
        self.pay(friend, self.by("credit", friend, 700))
        told = self.unmerge(merge)
        self.assertEqual((told["gift_cards"], told["orders"], told.get("value_borrowed")), (1, 1, None))
        self.assertEqual(self.shop.ok("wallet.get", {"account": account})["account"]["balance"], 200)
        for kind in ("persons_merged", "persons_parted"):
            row, = self.listed(kind)
            self.assertEqual((row["who"], row["count"]), (self.manager, 1))

    def test_what_she_used_before_is_hers(self):
        victim, friend = self.somebody(), self.somebody()
        self.load(victim, 900)
        self.pay(victim, self.by("credit", victim, 200))
        self.assertNotIn("value_borrowed", self.unmerge(self.merge(victim, friend)))
        self.assertEqual(self.listed("value_borrowed"), [])

    def load(self, who, amount):
        return self.shop.ok("wallet.load", {"kind": "credit", "member": who[0], "amount": amount, "location": "store-1",
                                            "tenders": [{"kind": "cash", "amount": amount}]})["account"]


if __name__ == "__main__":
    unittest.main()
