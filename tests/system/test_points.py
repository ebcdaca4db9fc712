"""Points that are spent: as tender and otherwise, first expiring first, pending, expired, given back, owed, sent and adjusted."""

import random
import unittest

from customers import new_phone
from points_shop import DAY, Points


class Paying(Points):
    def test_points_pay_with_a_proof_alone(self):
        """S3-8b: a phone number or the member's id alone pays nothing; her one-time code does, once."""
        member = self.join()
        self.give(member, 200)
        cash = {"kind": "cash", "amount": 500}
        self.refused(409, "proof_needed", None, "orders.place", self.sale(member, 1, {"kind": "points", "amount": 500}, cash))
        self.refused(409, "proof_wrong", None, "orders.place", self.sale(member, 1, {"kind": "points", "amount": 500, "proof": "000000"}, cash))
        self.assertEqual(self.balance(member)["points"], 200)
        tender = self.points(member, 500)
        order = self.buy(member, 1, tender, cash)
        self.assertEqual([(p["kind"], p["amount"]) for p in order["payments"]], [("points", 500), ("cash", 500)])
        self.assertEqual(self.balance(member)["points"], 200 - 50 + 10)
        self.refused(409, "proof_wrong", None, "orders.place", self.sale(member, 1, tender, cash))
        self.assertEqual(self.kinds(member)[-2:], [("spend", -50), ("grant", 200)])

    def test_what_points_do_not_pay(self):
        member = self.join()
        self.give(member, 60)
        self.refused(409, "points_short", "tenders", "orders.place", self.sale(member, 1, self.points(member, 1000)))
        self.set(burn_max_share_ppm=500000)
        self.refused(409, "points_cap", "tenders", "orders.place", self.sale(member, 1, self.points(member, 501), {"kind": "cash", "amount": 499}))
        two = [self.points(member, 300, False), self.points(member, 300, False), {"kind": "cash", "amount": 400}]
        two[0]["proof"] = self.proof_of(member)
        self.refused(409, "points_cap", "tenders", "orders.place", self.sale(member, 1, *two))
        self.set(burn_min_points=30)
        self.refused(409, "points_few", "tenders", "orders.place", self.sale(member, 1, self.points(member, 290), {"kind": "cash", "amount": 710}))
        self.set(burn_minor_per_point=0)
        self.refused(409, "points_do_not_pay", "tenders", "orders.place", self.sale(member, 1, self.points(member, 10), {"kind": "cash", "amount": 990}))
        guest = self.sale(member, 1, {"kind": "points", "amount": 1000})
        del guest["member"]
        self.refused(409, "member_needed", "tenders", "orders.place", guest)
        self.assertEqual(self.balance(member)["points"], 60)

    def test_the_price_of_an_amount_is_rounded_up_to_whole_steps(self):
        member = self.join()
        self.give(member, 100)
        self.set(burn_step_points=20)
        self.assertEqual(self.shop.ok("loyalty.points.worth", {"member": member, "due": 1000}),
                         {"amount": 1000, "points": 100, "available": 100, "minor_per_point": 10})
        self.assertEqual(self.shop.ok("loyalty.points.worth", {"member": member, "due": 401})["points"], 60)
        self.buy(member, 1, self.points(member, 401), {"kind": "cash", "amount": 599})
        self.assertEqual(self.balance(member)["points"], 100 - 60 + 10)
        self.assertEqual(self.shop.ok("loyalty.points.worth", {"member": member, "due": 1000})["amount"], 400)

    def test_she_needs_no_proof_in_her_own_session_and_sees_only_hers(self):
        phone = new_phone()
        member, other = self.join(phone), self.join()
        token = self.login(phone)
        self.give(member, 50)
        self.assertEqual(self.balance(member, key=token)["points"], 50)
        self.assertEqual(self.shop.ok("loyalty.points.worth", {"due": 100}, key=token)["points"], 10)
        for op in ("loyalty.points.balance", "loyalty.points.history", "orders.list"):
            self.refused(403, "forbidden", "member", op, {"member": other}, key=token)
        mine, hers = self.buy(member), self.buy(other)
        self.assertEqual(self.shop.ok("orders.get", {"id": mine["id"]}, key=token)["order"]["id"], mine["id"])
        self.refused(403, "forbidden", None, "orders.get", {"id": hers["id"]}, key=token)
        self.assertEqual([order["id"] for order in self.shop.ok("orders.list", {}, key=token)["orders"]], [mine["id"]])


class Lots(Points):
    def test_the_first_to_expire_is_the_first_to_go(self):
        member = self.join()
        self.set(expires_after_ms=20 * DAY)
        late = self.buy(member, 3)["id"]
        self.set(expires_after_ms=10 * DAY)
        early = self.buy(member, 2)["id"]
        self.set()
        never = self.buy(member, 1)["id"]
        self.buy(member, 1, self.points(member, 250), {"kind": "cash", "amount": 750})
        rests = self.rests(member)
        self.assertEqual((rests.get(early), rests[late], rests[never]), (None, 25, 10))
        shown = self.balance(member)
        self.assertEqual((shown["expiring"], shown["available"]), (25, 25 + 10 + 10))

    def test_pending_points_are_not_spent(self):
        member = self.join()
        self.set(available_after_ms=3 * DAY)
        first, second = self.buy(member, 2), self.buy(member, 1)
        self.assertEqual([self.balance(member)[name] for name in ("points", "available", "pending")], [30, 0, 30])
        self.refused(409, "points_short", "tenders", "orders.place", self.sale(member, 1, self.points(member, 100), {"kind": "cash", "amount": 900}))
        self.assertEqual(self.shop.ok("loyalty.points.release", {"member": member, "source": first["id"]})["points"], 20)
        self.assertEqual([self.balance(member)[name] for name in ("available", "pending")], [20, 10])
        self.advance(3 * DAY + 1000)
        self.assertEqual([self.balance(member)[name] for name in ("available", "pending")], [30, 0])
        self.assertEqual(self.rests(member)[second["id"]], 10)

    def test_what_expired_is_gone_and_booked(self):
        member = self.join()
        self.set(expires_after_ms=2 * DAY)
        self.buy(member, 3)
        self.advance(DAY)
        self.buy(member, 1)
        self.advance(DAY + 2000)
        self.assertEqual(self.balance(member)["points"], 10)
        self.refused(409, "points_short", "tenders", "orders.place", self.sale(member, 1, self.points(member, 200), {"kind": "cash", "amount": 800}))
        self.wait_for(lambda: self.kinds(member)[0] == ("expire", -30))
        self.advance(DAY + 2000)
        self.wait_for(lambda: self.kinds(member)[0] == ("expire", -10))
        self.assertEqual(self.balance(member)["points"], 0)



class Back(Points):
    def test_a_return_restores_what_was_burned_with_its_old_end(self):
        member = self.join()
        self.set(expires_after_ms=30 * DAY)
        source = self.buy(member, 9)["id"]
        self.set()
        before = {lot["order"]: lot for lot in self.balance(member)["lots"]}[source]
        order = self.buy(member, 3, self.points(member, 700), {"kind": "cash", "amount": 2300})
        self.assertEqual(self.rests(member)[source], 20)
        self.assertEqual([(p["kind"], p["amount"]) for p in self.back(order)["payments"]], [("points", 700), ("cash", 300)])
        after = {lot["order"]: lot for lot in self.balance(member)["lots"]}[source]
        self.assertEqual(after, before)
        self.back(order, 2)
        self.assertEqual(self.rests(member), {source: 90})

    def test_partial_refunds_sum_to_the_whole(self):
        member = self.join()
        self.give(member, 100)
        order = self.buy(member, 3, self.points(member, 995), {"kind": "cash", "amount": 2005})
        left = self.balance(member)["points"]
        self.assertEqual(left, 30)
        for number, points in ((1, 33), (2, 33), (3, 34)):
            self.back(order, 1, tenders=[{"kind": "points", "amount": 331 if number < 3 else 333}, {"kind": "cash", "amount": 669 if number < 3 else 667}])
            left += points - 10
            self.assertEqual(self.balance(member)["points"], left)
        self.assertEqual(left, 100)
        self.refused(409, "already_returned", None, "orders.return",
                     {"location": "store-1", "reason": "r", "lines": [{"order": order["id"], "line": 1, "qty": 1000}]})

    def test_what_expired_meanwhile_expires_again_unless_there_is_grace(self):
        for grace in (0, 5 * DAY):
            member = self.join()
            self.set(expires_after_ms=2 * DAY, restore_grace_ms=grace)
            self.buy(member, 5)
            order = self.buy(member, 1, self.points(member, 400), {"kind": "cash", "amount": 600})
            self.advance(3 * DAY)
            self.back(order)
            self.assertEqual(self.balance(member)["points"], 40 if grace else 0)
            self.assertEqual(("expire", -40) in self.kinds(member), not grace)

    def test_what_was_spent_is_taken_from_the_lot_that_lives_longest(self):
        member = self.join()
        self.set(expires_after_ms=5 * DAY)
        order = self.buy(member, 2)
        self.set(expires_after_ms=9 * DAY)
        middle = self.buy(member, 2)["id"]
        self.set()
        never = self.buy(member, 1)["id"]
        self.buy(member, 1, self.points(member, 150), {"kind": "cash", "amount": 850})
        self.assertEqual(self.rests(member)[order["id"]], 5)
        self.back(order, 2)
        rests = self.rests(member)
        self.assertEqual((rests.get(order["id"]), rests.get(never), rests[middle]), (None, 5, 20))

    def test_what_is_not_to_be_had_is_written_off(self):
        member = self.join()
        order = self.buy(member, 5)
        self.shop.ok("loyalty.points.adjust", {"member": member, "points": -45, "reason": "spent"})
        back = self.back(order, 5)
        self.assertEqual((back["points_reversed"], back["points_written_off"], self.balance(member)["points"]), (5, 45, 0))
        self.assertEqual(self.kinds(member)[:2], [("write_off", 0), ("reverse", -5)])

    def test_a_lot_that_gave_for_another_is_wanted_back_all_the_same(self):
        """Points spent, then both sales that earned points returned: the second finds that its own went for the first."""
        for negative, end in (("owe", -50), ("never", 0)):
            member = self.join()
            self.set(negative=negative)
            first, second = self.buy(member, 5), self.buy(member, 5)
            self.shop.ok("loyalty.points.adjust", {"member": member, "points": -50, "reason": "spent"})
            self.assertEqual(self.back(first, 5)["points_reversed"], 50)
            self.assertEqual(self.balance(member)["points"], 0)
            back = self.back(second, 5)
            self.assertEqual((back["points_reversed"], back.get("points_written_off", 0), self.balance(member)["points"]),
                             (50, 0, end) if negative == "owe" else (0, 50, end))

    def test_what_was_written_off_is_taken_once_it_comes_back(self):
        """Spend, return what earned the points, then return what they paid: she does not keep them."""
        member = self.join()
        source = self.buy(member, 5)
        paid = self.buy(member, 1, self.points(member, 500), {"kind": "cash", "amount": 500})
        back = self.back(source, 5)
        self.assertEqual((back["points_reversed"], back["points_written_off"], self.balance(member)["points"]), (10, 40, 0))
        self.back(paid)
        self.assertEqual(self.balance(member)["points"], 0)
        self.give(member, 7)
        self.assertEqual(self.balance(member)["points"], 7)

    def test_what_was_written_off_of_another_sale_is_taken_too(self):
        """One sale gave for the other, whose points were spent, and was written off itself: what comes back pays that."""
        member = self.join()
        self.set(earn_on_points=False)
        first, second = self.buy(member, 10), self.buy(member, 10)
        paid = self.buy(member, 1, self.points(member, 1000))
        self.assertEqual(self.back(first, 10)["points_reversed"], 100)
        self.assertEqual(self.back(second, 10)["points_written_off"], 100)
        self.back(paid)
        self.assertEqual(self.balance(member)["points"], 0)
        self.give(member, 7)
        self.assertEqual(self.balance(member)["points"], 7)

    def test_whatever_the_order_nothing_is_left_when_everything_came_back(self):
        """Sales paid by points of earlier ones, returned in parts in any order: in the end there are no points and no debt."""
        for seed, negative in ((1, "never"), (2, "owe"), (7, "never"), (4, "owe"), (20, "never")):
            left = self.live(seed, negative, [self.join()])
            self.assertEqual([left[name] for name in ("points", "available", "pending", "owed")], [0, 0, 0, 0], (seed, negative))

    def test_nor_when_two_became_one_on_the_way(self):
        for seed, negative in ((5, "never"), (6, "owe")):
            phones = [new_phone(), new_phone()]
            members = [self.join(phone) for phone in phones]
            people = [self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"] for phone in phones]
            left = self.live(seed, negative, members,
                             lambda two=people: self.shop.ok("identity.person.merge", {"from": two[1], "into": two[0], "reason": "one"}))
            self.assertEqual(left["points"], 0, (seed, negative))

    def live(self, seed, negative, members, half_way=lambda: None):
        """Years of a customer; what is left when all of it came back."""
        dice, sold = random.Random(seed), []
        for number in range(16):
            if number == 8:
                half_way()
            member, pieces = dice.choice(members), dice.randint(1, 4)
            self.set(negative=negative, expires_after_ms=dice.choice((0, 20 * DAY, 30 * DAY)), available_after_ms=dice.choice((0, 0, DAY)))
            worth = self.shop.ok("loyalty.points.worth", {"member": member, "due": pieces * 1000})["amount"]
            tenders = [self.points(member, dice.randint(1, worth))] if worth and dice.random() < 0.8 else []
            rest = pieces * 1000 - sum(tender["amount"] for tender in tenders)
            sold.append([self.buy(member, pieces, *tenders, *([{"kind": "cash", "amount": rest}] if rest else [])), pieces])
            if dice.random() < 0.5:
                self.back_some(dice, sold)
        while any(left for _, left in sold):
            self.back_some(dice, sold)
        return self.balance(members[0])

    def back_some(self, dice, sold):
        one = dice.choice([one for one in sold if one[1]] or [[None, 0]])
        if one[1]:
            pieces = dice.randint(1, one[1])
            self.back(one[0], pieces)
            one[1] -= pieces

    def test_or_owed_and_paid_by_what_comes_next(self):
        member = self.join()
        self.set(negative="owe")
        order = self.buy(member, 5)
        self.shop.ok("loyalty.points.adjust", {"member": member, "points": -45, "reason": "spent"})
        self.assertEqual(self.back(order, 5)["points_reversed"], 50)
        self.assertEqual([self.balance(member)[name] for name in ("points", "available", "owed")], [-45, 0, 45])
        self.buy(member, 3)
        self.assertEqual([self.balance(member)[name] for name in ("points", "available", "owed")], [-15, 0, 15])
        self.buy(member, 3)
        self.assertEqual([self.balance(member)[name] for name in ("points", "available", "owed")], [15, 15, 0])
        liability = self.shop.ok("loyalty.liability", idem=False)
        self.assertEqual(liability["points"], liability["available"] + liability["pending"])


class Together(Points):
    def test_one_customer_under_two_ids(self):
        """S2-6 (points): after a merge both balances are read and spent as one, under either id; parted, each has what was hers."""
        phones = [new_phone(), new_phone()]
        mine, hers = [self.join(phone) for phone in phones]
        self.give(mine, 30)
        self.give(hers, 50)
        people = [self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"] for phone in phones]
        merge = self.shop.ok("identity.person.merge", {"from": people[1], "into": people[0], "reason": "the same"})
        self.assertEqual([self.balance(member)["points"] for member in (mine, hers)], [80, 80])
        order = self.buy(hers, 1, self.points(hers, 600), {"kind": "cash", "amount": 400})
        self.assertEqual(order["member"], mine)
        self.assertEqual([self.balance(member)["points"] for member in (mine, hers)], [30, 30])
        orders = [[order["id"] for order in self.shop.ok("orders.list", {"member": member})["orders"]] for member in (mine, hers)]
        self.assertEqual(orders, [[order["id"]]] * 2)
        unsplit = {one["what"]: one["count"] for one in self.shop.ok("identity.person.unmerge", {"merge": merge["merge"]})["unsplit"]}
        self.assertEqual((unsplit.get("orders"), unsplit.get("points", 0) > 0), (1, True))
        self.assertEqual([self.balance(member)["points"] for member in (mine, hers)], [10 - 30, 50])  # what she spent of hers she owes
        self.assertEqual(self.shop.ok("orders.list", {"member": hers})["orders"], [])

    def test_a_debt_under_an_id_that_was_merged_away_is_paid_too(self):
        """What she earns under the standing id pays it; parted again, each has what she earned and what she owed."""
        self.set(negative="owe")
        phones = [new_phone(), new_phone()]
        mine, hers = [self.join(phone) for phone in phones]
        order = self.buy(hers, 5)
        self.shop.ok("loyalty.points.adjust", {"member": hers, "points": -45, "reason": "spent"})
        self.back(order, 5)
        self.assertEqual(self.balance(hers)["owed"], 45)
        people = [self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"] for phone in phones]
        merge = self.shop.ok("identity.person.merge", {"from": people[1], "into": people[0], "reason": "the same"})
        self.buy(mine, 3)
        self.assertEqual([self.balance(mine)[name] for name in ("points", "available", "owed")], [-15, 0, 15])
        self.give(mine, 20)
        self.assertEqual([self.balance(hers)[name] for name in ("points", "available", "owed")], [5, 5, 0])
        self.assertEqual(self.kinds(mine)[:3], [("repaid", 15), ("repay", -15), ("grant", 20)])
        self.shop.ok("identity.person.unmerge", {"merge": merge["merge"]})
        self.assertEqual([self.balance(member)["points"] for member in (mine, hers)], [50, -45])

    def test_points_go_within_a_household_with_their_end(self):
        mother, child, stranger = self.join(), self.join(), self.join()
        self.set(expires_after_ms=7 * DAY)
        self.buy(mother, 4)
        self.set()
        self.give(child, 1)
        body = {"from": mother, "to": child, "points": 25, "proof": self.proof_of(mother)}
        self.refused(409, "not_household", "to", "loyalty.points.transfer", body)
        household = self.shop.ok("membership.household.put", {"member": mother, "invite": [child]})["household"]
        self.shop.ok("membership.household.join", {"household": household, "member": child, "proof": self.proof_of(child)})
        self.refused(409, "not_household", "to", "loyalty.points.transfer", {**body, "to": stranger})
        self.refused(409, "proof_needed", None, "loyalty.points.transfer", {**body, "proof": ""})
        self.refused(409, "points_short", "points", "loyalty.points.transfer", {**body, "points": 41, "proof": self.proof_of(mother)})
        done = self.shop.ok("loyalty.points.transfer", {**body, "proof": self.proof_of(mother)})
        self.assertEqual((done["points"], done["balance"]), (25, 15))
        lots = {lot["order"]: lot for lot in self.balance(child)["lots"]}
        self.assertEqual((lots[done["source"]]["rest"], lots[done["source"]]["expires_at"] > 0), (25, True))
        self.assertEqual(self.balance(child)["points"], 26)

    def test_by_hand_with_a_reason_and_a_second_person(self):
        member = self.join()
        for body, field in (({"points": 5}, "reason"), ({"points": 0, "reason": "x"}, "points"), ({"points": 5, "reason": "  "}, "reason")):
            status, answer = self.shop.call("loyalty.points.adjust", {"member": member, **body})
            self.assertEqual((status, answer["field"]), (400, field))
        self.refused(403, "forbidden", None, "loyalty.points.adjust", {"member": member, "points": 5, "reason": "x"}, key=self.shop.make_key("cashier"))
        self.refused(409, "points_short", "points", "loyalty.points.adjust", {"member": member, "points": -5, "reason": "x"})
        self.assertEqual(self.give(member, 5)["balance"], 5)

    def test_history_page_by_page(self):
        member = self.join()
        for number in range(1, 8):
            self.give(member, number)
        seen, before = [], None
        while before != 0:
            page = self.shop.ok("loyalty.points.history", {"member": member, "limit": 3, **({"before": before} if before else {})})
            seen += [row["points"] for row in page["movements"]]
            before = page["next"]
        self.assertEqual(seen, [7, 6, 5, 4, 3, 2, 1])

    def test_what_the_shop_owes(self):
        before = self.shop.ok("loyalty.liability", idem=False)
        member = self.join()
        self.give(member, 100)
        self.set(expires_after_ms=40 * DAY, available_after_ms=DAY)
        self.buy(member, 2)
        after = self.shop.ok("loyalty.liability", idem=False)
        self.assertEqual([after[name] - before[name] for name in ("points", "available", "pending", "value", "lots")], [120, 100, 20, 1200, 2])
        self.assertEqual(sum(month["points"] for month in after["months"]), after["points"])


if __name__ == "__main__":
    unittest.main()
