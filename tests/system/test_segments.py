"""Segments by rule: counted, listed, explained, asked for a day that has passed, and entered once."""

import datetime
import json
import unittest

from insight_shop import DAY, InsightTest

RULES = """
tag { code = "luxury", when = function(c) return c.did("page", "luxury") >= 1, "looks at luxury" end }
on("insight.segment.entered", function(event, shop)
  shop.run("membership.segments.put", { member = event.data.member, add = { "in-" .. event.data.segment }, reason = "entered" })
end)
on("insight.segment.left", function(event, shop)
  shop.run("membership.segments.put", { member = event.data.member, add = { "out-" .. event.data.segment }, reason = "left" })
end)
"""


class Segments(InsightTest):
    rules = RULES

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls().product("BAG", price=100000, stock=1000, brand="bags", category="bags")
        cls.shop.ok("membership.attribute.put", {"code": "finish", "kind": "choice", "words": ["matte", "gloss"]})

    def hands(self, member):
        return sorted(self.shop.ok("membership.get", {"id": member})["member"].get("segments", []))

    def test_affordable_luxury_two_to_five_thousand_a_month(self):
        """S3-15: what she looks at, and what she spends in a month; a count, a list, and why."""
        where = {"all": [{"tag": "luxury"}, {"count": "spent_minor", "days": 30, "at_least": 200000, "at_most": 500000}]}
        members = [self.member() for _ in range(4)]
        for member, bags, looks in zip(members, (3, 3, 1, 6), (1, 0, 1, 1)):
            if looks:
                self.did(member, "page", "luxury")
            self.buy(member, ("BAG", bags))
            self.wait_orders(member, 1)
        self.wait_tags(members[0], "luxury")
        inside = self.inside(where)
        self.assertEqual([member for member in inside if member in members], [members[0]])
        self.assertEqual(self.count(where), len(inside))
        self.shop.ok("insight.segment.put", {"code": "affordable-luxury", "name": {"en": "Affordable luxury"}, "where": where})
        why = self.shop.ok("insight.segment.why", {"code": "affordable-luxury", "member": members[3]})
        self.assertFalse(why.get("in", False))
        self.assertEqual([(one["holds"], one.get("value", 0)) for one in why["conditions"]], [(True, 0), (False, 600000)])
        self.assertTrue(self.shop.ok("insight.segment.why", {"code": "affordable-luxury", "member": members[0]})["in"])

    def test_women_of_25_to_30(self):
        """S3-15: attributes and age beside what she spends; a trait of which she does not let us speak counts for nothing."""
        year = int(datetime.datetime.now().year)
        self.shop.ok("membership.attribute.put", {"code": "sex", "kind": "choice", "words": ["f", "m"]})
        people = [(27, "f"), (27, "m"), (35, "f"), (26, "f")]
        members = [self.member(birth={"year": year - age, "month": 1, "day": 1}, attributes={"sex": sex}) for age, sex in people]
        for member in members[:3]:
            self.buy(member, ("BAG", 3))
            self.wait_orders(member, 1)
        where = {"all": [{"trait": "sex", "value": "f"}, {"trait": "age", "at_least": 25, "at_most": 30},
                         {"count": "spent_minor", "days": 30, "at_least": 200000, "at_most": 500000}]}
        self.assertEqual(self.inside(where), [members[0]])
        self.assertEqual([one for one in self.inside({"trait": "birth_month", "at_least": 1, "at_most": 1}) if one in members], sorted(members))
        self.withdraw(members[0])
        self.assertEqual(self.inside(where), [])

    def test_any_none_and_counters_of_others(self):
        one, other = self.member(), self.member()
        self.buy(one, ("BAG", 1))
        self.wait_orders(one, 1)
        mine = lambda where: [member for member in self.inside(where, limit=500) if member in (one, other)]
        self.assertEqual(mine({"any": [{"tier": "none-such"}, {"count": "orders", "at_least": 1}]}), [one])
        self.assertEqual(mine({"none": [{"count": "orders", "at_least": 1}]}), [other])
        self.assertEqual(mine({"count": "category:bags", "days": 7, "at_least": 1}), [one])
        self.assertEqual(mine({"score": "affinity:brand:bags", "at_least": 900000}), [one])
        self.assertEqual(mine({"all": [{"none": [{"any": [{"tag": "luxury"}]}]}, {"score": "orders", "at_most": 0}]}), [other])

    def test_entering_and_leaving_are_told_once(self):
        """S2-8c S2-20: a customer who has not come for 90 days; win her back once."""
        member = self.member()
        self.buy(member, ("BAG", 1))
        self.wait_orders(member, 1)
        self.shop.ok("insight.segment.put", {"code": "asleep", "watched": True, "where": {"score": "recency_days", "at_least": 90}})
        self.assertEqual(self.hands(member), [])
        self.advance(91)
        self.until(["in-asleep"], lambda: self.hands(member), "entered by time alone")
        self.shop.ok("membership.segments.put", {"member": member, "remove": ["in-asleep"], "reason": "seen"})
        self.advance(2)
        self.buy(member, ("BAG", 1))
        self.until(["out-asleep"], lambda: self.hands(member), "left with a purchase, and never entered again")

    def test_the_tier_of_then(self):
        """Also one that she had from the first on, and one that never changed."""
        one, other = self.member(), self.member()
        where = {"tier": "basic"}
        mine = lambda **more: sorted(member for member in self.inside(where, limit=500, **more) if member in (one, other))
        self.until(sorted((one, other)), mine)
        then = self.shop.ok("shop.clock.get")["now"]
        self.advance(1)
        self.shop.ok("membership.tier.put", {"member": one, "tier": "gold", "reason": "by hand"})
        self.until([other], mine)
        self.assertEqual(mine(at=then), sorted((one, other)))
        self.assertEqual(mine(at=self.shop.ok("shop.clock.get")["now"]), [other])

    def test_a_day_that_has_passed(self):
        member = self.member()
        self.did(member, "page", "luxury")
        self.buy(member, ("BAG", 2))
        self.wait_orders(member, 1)
        self.wait_tags(member, "luxury")
        then = self.shop.ok("shop.clock.get")["now"]
        where = {"all": [{"tag": "luxury"}, {"count": "spent_minor", "at_least": 200000, "at_most": 200000}]}
        before = self.inside(where, limit=500)
        self.assertIn(member, before)
        self.advance(1)
        self.buy(member, ("BAG", 2))
        self.wait_orders(member, 2)
        self.assertNotIn(member, self.inside(where, limit=500))
        self.assertEqual(self.inside(where, at=then, limit=500), before)
        self.assertNotIn(member, self.inside(where, at=then - 10 * DAY * 100, limit=500))

    def test_each_member_of_then_measures_as_then(self):
        """Of whose sales all are of before what is known now is taken; of the others, also of one who only brought something back, it is
        told from her sales; and a window that goes further back than the newest sales is told from the ledger."""
        any_value = [{"score": name, "at_least": 0} for name in ("orders", "spent_minor", "recency_days", "promotion_ppm", "joined_days")]
        any_value += [{"count": name, "at_least": 0, **window} for name in ("orders", "spent_minor", "category:bags") for window in ({}, {"days": 20}, {"days": 1})]
        any_value += [{"tag": "luxury"}, {"tier": "basic"}, {"tier": "gold"}]
        self.shop.ok("insight.segment.put", {"code": "measures", "where": {"any": any_value}})
        standing = [{"score": name, "at_least": least} for name, least in (("rfm.recency", 3), ("rfm.frequency", 3), ("rfm.money", 3),
                                                                            ("clv_minor", 100000), ("churn_ppm", 400000))]
        still, goes, returns, much, more, late = members = [self.member() for _ in range(6)]
        times = {still: 2, goes: 2, returns: 2, much: 10, more: 10}
        orders = {}
        for member, sales in times.items():
            for number in range(sales):
                if number == 1 and member == still:
                    self.advance(25)
                orders[member] = self.buy(member, ("BAG", 1 + number % 3))
        for member, sales in times.items():
            self.wait_orders(member, sales)
        self.advance(2)
        at = self.shop.ok("shop.clock.get")["now"]
        now = {member: self.measures(member) for member in members}
        stood = [self.inside(where, limit=500) for where in standing]
        self.advance(3)
        for member in (goes, more, late):
            self.buy(member, ("BAG", 1))
        self.shop.ok("orders.return", {"location": "store-1", "reason": "r", "lines": [{"order": orders[returns]["id"], "line": 1, "qty": 1000}]})
        self.did(still, "page", "luxury")
        self.wait_tags(still, "luxury")
        self.shop.ok("membership.tier.put", {"member": still, "tier": "gold", "reason": "by hand"})
        for member, sales in ((goes, 3), (more, 11), (late, 1)):
            self.wait_orders(member, sales)
        self.until(now[returns][1][1] - 100000, lambda: self.scores(returns)["spent"], "what came back")
        self.until(True, lambda: self.measures(still)[-1][0], "the tier")
        for name, member in zip(("still", "goes", "returns", "much", "more", "late"), members):
            self.assertEqual(self.measures(member, at=at), now[member], name)
            self.assertNotEqual(self.measures(member), now[member], name)
        self.assertEqual([self.inside(where, at=at, limit=500) for where in standing], stood)

    def measures(self, member, **at):
        why = self.shop.ok("insight.segment.why", {"code": "measures", "member": member, **at})
        order = {json.dumps(one["condition"], sort_keys=True): (one["holds"], one.get("value", 0)) for one in why["conditions"]}
        where = [one for one in self.shop.ok("insight.segment.list", {"code": "measures"})["segments"]][0]["where"]["any"]
        return [order[json.dumps(one, sort_keys=True)] for one in where]

    def test_windows_of_any_length_know_what_was_sold_within(self):
        """From the newest sales, from the ledger of the window, or from all but what came before: the sums are the same."""
        member, sold, day, returned = self.member(), [], 0, None
        for number, days in enumerate((0, 1, 9, 0, 2, 11, 1, 0, 3, 8, 1, 2, 5, 1)):
            if days:
                self.advance(days)
            day += days
            order = self.buy(member, ("BAG", 1 + number % 4))
            sold.append((day, order["total"], 1))
            returned = order if number == 4 else returned
        self.shop.ok("orders.return", {"location": "store-1", "reason": "r", "lines": [{"order": returned["id"], "line": 1, "qty": 1000}]})
        self.advance(1)
        day += 1
        self.until(13, lambda: self.scores(member)["orders"], "one came back whole")
        sold.append((day - 1, -returned["total"], -1))
        for days in range(1, day + 3):
            within = [(amount, orders) for at, amount, orders in sold if at > day - days]
            self.assertEqual(self.windows(member, days), tuple(map(sum, zip(*within))) or (0, 0), days)

    def windows(self, member, days):
        """-> what was spent and how many orders were paid in so many days"""
        self.shop.ok("insight.segment.put", {"code": "windows", "where": {"any": [
            {"count": name, "days": days, "at_least": -10**9} for name in ("spent_minor", "orders")]}})
        conditions = self.shop.ok("insight.segment.why", {"code": "windows", "member": member})["conditions"]
        values = {one["condition"]["count"]: one.get("value", 0) for one in conditions}
        return values["spent_minor"], values["orders"]

    def test_who_was_not_known_then_is_in_nothing_of_then(self):
        """And somebody who was known by another of her ids was known."""
        phones = ["+86%d" % next(self.phones) for _ in range(2)]
        first = self.member(phone=phones[0])
        self.advance(2)
        at = self.shop.ok("shop.clock.get")["now"]
        self.advance(2)
        later, second = self.member(), self.member(phone=phones[1])
        persons = [self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"] for phone in phones]
        self.shop.ok("identity.person.merge", {"from": persons[0], "into": persons[1], "reason": "same"})
        where = {"none": [{"tag": "luxury"}]}
        self.shop.ok("insight.segment.put", {"code": "not-luxury", "where": where})
        for member, known in ((later, False), (second, True)):
            self.until(known, lambda: member in self.inside(where, at=at, limit=500), "then")
            self.assertEqual(self.shop.ok("insight.segment.why", {"code": "not-luxury", "member": member, "at": at})["in"], known)
            self.assertTrue(self.shop.ok("insight.segment.why", {"code": "not-luxury", "member": member})["in"])

    def test_what_another_of_her_ids_held_then_she_held(self):
        phones = ["+86%d" % next(self.phones) for _ in range(2)]
        one, other = [self.member(phone=phone) for phone in phones]
        self.did(one, "page", "luxury")
        self.wait_tags(one, "luxury")
        self.advance(1)
        at = self.shop.ok("shop.clock.get")["now"]
        self.advance(1)
        persons = [self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"] for phone in phones]
        self.shop.ok("identity.person.merge", {"from": persons[0], "into": persons[1], "reason": "same"})
        self.until(True, lambda: other in self.inside({"tag": "luxury"}, limit=500), "the tag of both")
        inside = self.inside({"tag": "luxury"}, at=at, limit=500)
        self.assertEqual((other in inside, one in inside), (True, False))

    def test_what_nobody_knows_the_past_of_is_named(self):
        """Attributes and tastes are asked as they are now, and the answer says so; of now there is nothing to say."""
        member = self.member(attributes={"finish": "matte"})
        self.buy(member, ("BAG", 23))
        self.wait_orders(member, 1)
        then = self.shop.ok("shop.clock.get")["now"]
        where = {"all": [{"count": "spent_minor", "at_least": 2300000, "at_most": 2300000}, {"score": "affinity:brand:bags", "at_least": 900000},
                         {"any": [{"trait": "finish", "value": "matte"}, {"none": [{"trait": "finish", "value": "gloss"}, {"trait": "age", "at_least": 18}]}]}]}
        named = ["score:affinity:brand:bags", "trait:age", "trait:finish"]
        self.shop.ok("insight.segment.put", {"code": "matte-bags", "where": where})
        self.advance(1)
        self.buy(member, ("BAG", 1))
        self.wait_orders(member, 2)
        ask = {"code": "matte-bags", "at": then}
        self.assertEqual(self.inside(where, at=then), [member])
        for op, body in (("insight.segment.count", ask), ("insight.segment.members", ask), ("insight.segment.why", {**ask, "member": member})):
            answer = self.shop.ok(op, body)
            self.assertEqual(sorted(answer["not_reproducible"]), named, op)
            self.assertEqual(self.shop.ok(op, {name: body[name] for name in body if name != "at"})["not_reproducible"], [], op)
        self.assertTrue(self.shop.ok("insight.segment.why", {**ask, "member": member})["in"])
        sure = self.shop.ok("insight.segment.count", {"where": {"all": [{"tag": "luxury"}, {"tier": "basic"}, {"score": "rfm.money", "at_least": 1}]}, "at": then})
        self.assertEqual(sure["not_reproducible"], [])

    def test_without_consent_nobody_is_listed(self):
        member = self.member(consents=False)
        self.buy(member, ("BAG", 9))
        self.wait_orders(member, 1)
        where = {"count": "spent_minor", "at_least": 900000, "at_most": 900000}
        answer = self.shop.ok("insight.segment.count", {"where": where})
        self.assertEqual((answer["count"], answer["withheld"]), (0, 1))
        self.assertEqual(self.inside(where), [])
        self.consent(member)
        self.assertEqual(self.inside(where), [member])

    def test_pages(self):
        members = sorted(self.member() for _ in range(7))
        where = {"score": "joined_days", "at_most": 0}
        seen, after = [], None
        while True:
            page = self.shop.ok("insight.segment.members", {"where": where, "limit": 3, **({"after": after} if after else {})})
            seen += page["members"]
            after = page.get("next")
            if not after:
                break
        self.assertEqual(seen, sorted(set(seen)))
        self.until(True, lambda: set(members) <= set(self.inside(where, limit=500)))

    def test_merged_ids_are_one_customer(self):
        one, other = self.member(), self.member()
        phone = next(self.phones) - 2
        persons = [self.shop.ok("identity.person.find", {"kind": "phone", "value": "+86%d" % (phone + i)})["person"] for i in (0, 1)]
        for member in (one, other):
            self.buy(member, ("BAG", 7))
            self.wait_orders(member, 1)
        where = {"count": "spent_minor", "days": 5, "at_least": 1400000}
        self.assertEqual(self.inside(where), [])
        merge = self.shop.ok("identity.person.merge", {"from": persons[1], "into": persons[0], "reason": "same"})["merge"]
        self.until([one], lambda: self.inside(where))
        self.shop.ok("identity.person.unmerge", {"merge": merge})
        self.until([], lambda: self.inside(where))

    def test_bad_conditions_are_named(self):
        for field, where in (("where", {}), ("where", {"tag": "a", "tier": "b"}), ("where.at_least", {"count": "orders"}),
                             ("where.all[1].score", {"all": [{"tag": "a"}, {"score": "nonsense", "at_least": 1}]}),
                             ("where.at_most", {"count": "orders", "at_least": 3, "at_most": 2}), ("where.days", {"tag": "a", "days": 3}),
                             ("where.value", {"trait": "sex"}), ("where.value", {"tag": "a", "value": "f"}),
                             ("where", {"any": [{"any": [{"tag": "a"}] * 25}] * 4}), ("where.any[0].none[0].at_least", {"any": [{"none": [{"tag": "a", "at_least": 1}]}]})):
            self.refused(400, "bad_input", field, "insight.segment.put", {"code": "bad", "where": where})
        self.refused(400, "bad_input", "code", "insight.segment.put", {"code": "Bad", "where": {"tag": "a"}})
        self.refused(400, "bad_input", "code", "insight.segment.count", {})
        self.refused(404, "not_found", "code", "insight.segment.count", {"code": "none-such"})
        self.refused(400, "bad_input", "at", "insight.segment.count", {"where": {"tag": "a"}, "at": 4102444800000})
        self.assertNotIn("bad", [one["code"] for one in self.shop.ok("insight.segment.list")["segments"]])

    def test_why_does_not_measure_then_by_where_all_stand_now(self):
        member = self.member()
        self.shop.ok("insight.segment.put", {"code": "top", "where": {"score": "rfm.money", "at_least": 5}})
        now = self.shop.ok("shop.clock.get")["now"]
        self.assertFalse(self.shop.ok("insight.segment.why", {"code": "top", "member": member}).get("in", False))
        self.refused(400, "bad_input", "at", "insight.segment.why", {"code": "top", "member": member, "at": now})

    def test_roles(self):
        for role, put, look in (("manager", 200, 200), ("cashier", 403, 403), ("channel", 403, 403), ("auditor", 403, 200)):
            key = self.shop.make_key(role)
            self.assertEqual(self.shop.call("insight.segment.put", {"code": "by-role", "where": {"tag": "a"}}, key=key)[0], put, role)
            self.assertEqual(self.shop.call("insight.segment.count", {"where": {"tag": "a"}}, key=key)[0], look, role)


if __name__ == "__main__":
    unittest.main()
