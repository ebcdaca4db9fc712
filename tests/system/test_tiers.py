"""Tiers over counters with windows: reached at once, kept for a while, lost, taken back by a return; what is missing, what would be, what
was; all members by rules that are not in force yet; and what a tier grants."""

import concurrent.futures
import threading
import time
import unittest

import merx
from sales import OrdersTest

DAY = 86400000

RULES = """
local often = { "visits", days = 90, at_least = 2, name = { en = "days in the shop", zh = "天到店" } }
tier { code = "silver", rank = 1, name = { en = "Silver", zh = "银卡" }, needs = { often } }
tier {
  code = "black", rank = 9, name = { en = "Black diamond", zh = "黑钻" },
  needs = { often, { "class:*", distinct = true, at_least = 2 }, { "referrals", at_least = 1 } },
  grace_days = 10, keep_days = 20,
  grants = { clerk = true, pick_priority = 90, packing = "gift", price_list = "black", unlock = { "GIFTWRAP" } },
}
"""
OTHER = RULES.replace("at_least = 2, name", "at_least = 1, name")


class Tiers(OrdersTest):
    rules = RULES

    @classmethod
    def fill(cls):
        cls.shop.ok("shop.settings.put", {"practice": True})
        super().fill()

    def join(self):
        self.number = getattr(type(self), "number", 100) + 1
        type(self).number = self.number
        return self.shop.ok("membership.join", {"phone": "+8613900%06d" % self.number, "name": "M"})["member"]["id"]

    def count(self, member, name, source, delta=1, **more):
        return self.shop.ok("membership.counter.add", {"member": member, "name": name, "delta": delta, "source": source, **more})

    def buy(self, member):
        return self.place(("TEA", 1000), member=member)["order"]["id"]

    def bring_back(self, order, qty=1000):
        return self.shop.ok("orders.return", {"location": "store-1", "reason": "x", "lines": [{"order": order, "line": 1, "qty": qty}]})

    def advance(self, days):
        self.shop.ok("shop.clock.advance", {"ms": days * DAY})
        self.shop.ok("shop.clock.confirm")

    def why(self, member):
        return self.shop.ok("membership.tier.explain", {"member": member})

    def tier(self, member):
        return self.why(member)["tier"]

    def next(self, member):
        return self.shop.ok("membership.tier.next", {"member": member})

    def history(self, member):
        return [(row["from"], row["tier"], row["why"]) for row in self.shop.ok("membership.tier.history", {"member": member})["changes"]]

    def becomes(self, member, tier):
        """What is due runs after the clock moved, each a command of its own."""
        for _ in range(200):
            if self.tier(member) == tier:
                return
            time.sleep(0.02)
        self.assertEqual(self.tier(member), tier)

    def make_black(self, member):
        self.buy(member)
        self.advance(1)
        order = self.buy(member)
        for name in ("class:latte-art", "class:cupping", "referrals"):
            self.count(member, name, "doc-1")
        self.assertEqual(self.tier(member), "black")
        return order


class Earning(Tiers):
    def test_visits_classes_and_referrals_make_a_tier_at_once(self):
        """S1-13: a tier from visits, kinds of classes and referrals, not from spending; at once, and what is missing is said."""
        member = self.join()
        self.place(("SHIRT", 900000), member=member)
        self.assertEqual(self.tier(member), "basic", "spending alone")
        got = self.next(member)
        self.assertEqual((got["tier"], got["next"], got["name"]["zh"]), ("basic", "silver", "银卡"))
        self.assertEqual([(m["counter"], m["days"], m["needed"], m["have"], m["missing"]) for m in got["missing"]], [("visits", 90, 2, 1, 1)])
        self.assertEqual(got["words"], {"en": "Silver: 1 more days in the shop within 90 days", "zh": "银卡：90天内还差1天到店"})
        self.advance(1)
        self.buy(member)
        self.assertEqual(self.tier(member), "silver", "in the commit of the sale")
        missing = self.next(member)["missing"]
        self.assertEqual([(m["counter"], m.get("distinct", False), m["missing"]) for m in missing], [("class:*", True, 2), ("referrals", False, 1)])
        self.assertEqual([m["words"]["en"] for m in missing], ["2 more kinds of class", "1 more friend brought along"])
        self.assertEqual([m["words"]["zh"] for m in missing], ["还差2种课程", "还差1位推荐的好友"])
        self.count(member, "class:latte-art", "booking-1")
        self.count(member, "class:latte-art", "booking-2")
        self.count(member, "referrals", "friend-1")
        self.assertEqual(self.tier(member), "silver", "twice the same class is one kind")
        self.count(member, "class:cupping", "booking-3")
        self.assertEqual(self.tier(member), "black")
        self.assertNotIn("next", self.next(member))
        self.assertEqual(self.next(member)["words"]["en"], "This is the highest tier.")
        self.assertEqual(self.history(member), [("silver", "black", "counted"), ("basic", "silver", "counted")])

    def test_a_window_that_moves_on_takes_a_tier_when_its_time_comes(self):
        """S1-13: downgrade rules: silver has no grace, black has, and is kept for a while after it was reached."""
        silver, black = self.join(), self.join()
        self.make_black(black)
        self.buy(silver)
        self.advance(1)
        self.buy(silver)
        self.assertEqual(self.tier(silver), "silver")
        self.assertGreater(self.why(silver)["review_at"], 0)
        self.advance(88)
        self.assertEqual(self.tier(silver), "silver")
        self.advance(1)
        self.becomes(silver, "basic")
        self.assertEqual(self.history(silver)[0], ("silver", "basic", "time"))
        why = self.why(black)
        self.assertEqual(why["tier"], "black")
        self.assertGreater(why["keep_until"], why["lost_at"])
        self.assertEqual(self.history(black)[0], ("black", "black", "lost"))
        self.buy(black)
        self.assertEqual(self.why(black)["lost_at"], why["lost_at"], "the grace runs on")
        self.advance(1)
        self.buy(black)
        self.assertEqual(self.why(black)["lost_at"], 0, "two visits more, and it is earned again")
        self.assertEqual(self.history(black)[0], ("black", "black", "regained"))
        self.advance(90)
        for _ in range(100):
            if self.why(black).get("lost_at"):
                break
            time.sleep(0.02)
        self.advance(11)
        self.becomes(black, "basic")

    def test_a_return_takes_back_what_earned_a_tier(self):
        """S1-13: return-safe: a tier that came with what is brought back goes with it, at once, whatever it is kept for."""
        member = self.join()
        order = self.make_black(member)
        self.bring_back(order)
        self.assertEqual(self.tier(member), "basic")
        self.assertEqual(self.history(member)[0], ("black", "basic", "returned"))

    def test_a_return_of_what_was_bought_later_leaves_a_grace(self):
        member = self.join()
        self.make_black(member)
        self.advance(85)
        late = self.buy(member)
        self.advance(5)
        for _ in range(100):
            if not self.why(member).get("lost_at"):
                break
            time.sleep(0.02)
        self.assertEqual(self.tier(member), "black")
        self.bring_back(late)
        why = self.why(member)
        self.assertEqual(why["tier"], "black", "it was reached without this")
        self.assertGreater(why["keep_until"], 0)

    def test_by_hand_until_a_day(self):
        member = self.join()
        now = self.shop.ok("shop.clock.get")["now"]
        self.refused(400, "out_of_range", "until", "membership.tier.put", {"member": member, "tier": "black", "reason": "x", "until": now - 1})
        self.refused(400, "bad_input", "until", "membership.tier.put", {"member": member, "tier": "basic", "reason": "x", "until": now + DAY})
        self.shop.ok("membership.tier.put", {"member": member, "tier": "black", "reason": "opening week", "until": now + 5 * DAY})
        self.buy(member)
        why = self.why(member)
        self.assertEqual((why["tier"], why["by_hand"], why["reason"]), ("black", True, "opening week"))
        self.assertNotIn("next", self.next(member))
        self.advance(6)
        for _ in range(100):
            if self.tier(member) != "black" or self.why(member).get("lost_at"):
                break
            time.sleep(0.02)
        self.assertFalse(self.why(member)["by_hand"])
        self.advance(30)
        self.becomes(member, "basic")


class Merged(Tiers):
    def person(self, member):
        phone = self.shop.ok("membership.get", {"id": member})["member"]["phones"][0]
        return self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"]

    def merge(self, into, other):
        got = self.shop.ok("identity.person.merge", {"from": self.person_of[other], "into": self.person_of[into], "reason": "the same"})
        return got["merge"]

    def people(self, count):
        members = [self.join() for _ in range(count)]
        self.person_of = {member: self.person(member) for member in members}
        return members

    def give(self, member, tier, **more):
        return self.shop.ok("membership.tier.put", {"member": member, "tier": tier, "reason": "a word of mine", **more})["member"]

    def test_the_better_tier_counts_and_goes_back_when_they_part(self):
        """S2-13a, S1-13: a tier given by hand to one id is the customer's after a merge, and parting gives each her own."""
        one, two, three = self.people(3)
        self.give(one, "silver")
        self.give(two, "black")
        self.give(three, "honour")
        first, second = self.merge(one, two), self.merge(one, three)
        for member in (one, two, three):
            why = self.why(member)
            self.assertEqual((why["member"], why["tier"], why["by_hand"], why["reason"]), (one, "black", True, "a word of mine"))
        self.assertEqual(self.history(one)[0], ("silver", "black", "merged"))
        self.shop.ok("identity.person.unmerge", {"merge": second})
        self.assertEqual([self.tier(m) for m in (one, three)], ["black", "honour"])
        self.shop.ok("identity.person.unmerge", {"merge": first})
        why = self.why(one)
        self.assertEqual((why["tier"], why["by_hand"], why["reason"]), ("silver", True, "a word of mine"))
        self.assertEqual(self.tier(two), "black")

    def test_merges_are_taken_back_in_any_order(self):
        one, two, three = self.people(3)
        self.give(two, "silver")
        self.give(three, "black")
        first, second = self.merge(one, two), self.merge(one, three)
        self.shop.ok("identity.person.unmerge", {"merge": first})
        self.assertEqual(self.tier(one), "black")
        self.shop.ok("identity.person.unmerge", {"merge": second})
        self.assertEqual([self.tier(m) for m in (one, two, three)], ["basic", "silver", "black"])

    def test_a_tier_in_its_grace_is_brought_along_and_ends_when_it_would_have_ended(self):
        one, two = self.people(2)
        self.make_black(two)
        self.advance(90)
        for _ in range(100):
            if self.why(two).get("lost_at"):
                break
            time.sleep(0.02)
        before = self.why(two)
        self.assertGreater(before["lost_at"], 0)
        self.merge(one, two)
        after = self.why(one)
        self.assertEqual([after[k] for k in ("tier", "rule", "since", "lost_at", "keep_until")],
                         ["black", "black"] + [before[k] for k in ("since", "lost_at", "keep_until")])
        self.advance(11)
        self.becomes(one, "basic")

    def test_what_a_merge_brought_until_a_day_gives_back_what_was_there(self):
        one, two = self.people(2)
        now = self.shop.ok("shop.clock.get")["now"]
        self.give(one, "silver")
        self.give(two, "black", until=now + 5 * DAY)
        self.merge(one, two)
        self.assertEqual(self.tier(one), "black")
        self.advance(6)
        self.becomes(one, "silver")
        self.assertTrue(self.why(one)["by_hand"])

    def test_what_a_person_gives_after_a_merge_stays(self):
        """By whichever id a member of staff finds her: it is one customer."""
        one, two = self.people(2)
        self.give(two, "black")
        merge = self.merge(one, two)
        self.assertEqual(self.give(two, "honour")["id"], one)
        self.assertEqual([self.tier(m) for m in (one, two)], ["honour", "honour"])
        self.shop.ok("membership.clerk.put", {"member": two, "clerk": "Li Lei"})
        self.shop.ok("identity.person.unmerge", {"merge": merge})
        self.assertEqual([self.tier(m) for m in (one, two)], ["honour", "black"])


class SeveralAtOnce(Tiers):
    person, merge, people, give = Merged.person, Merged.merge, Merged.people, Merged.give

    def rows(self, member, **more):
        return self.shop.ok("membership.tier.history", {"member": member, "limit": 100, **more})["changes"]

    def by_ones(self, member):
        """The same, one row on a page."""
        rows, more = [], {}
        while True:
            page = self.shop.ok("membership.tier.history", {"member": member, "limit": 1, **more})
            rows += page["changes"]
            if not page.get("more"):
                return rows
            more = {"before": rows[-1]["at"], "before_id": rows[-1]["id"]}

    def test_two_changes_in_one_command(self):
        """What a merge brought is over, and what was there before is not earned any more: both in the same command, in their order."""
        one, two = self.people(2)
        self.buy(one)
        self.advance(1)
        self.buy(one)
        now = self.shop.ok("shop.clock.get")["now"]
        self.give(two, "black", until=now + 100 * DAY)
        self.merge(one, two)
        self.advance(101)
        self.becomes(one, "basic")
        rows = self.rows(one)
        self.assertEqual([(row["from"], row["tier"], row["why"]) for row in rows if row["member"] == one],
                         [("silver", "basic", "time"), ("black", "silver", "merged"), ("silver", "black", "merged"), ("basic", "silver", "counted")])
        self.assertEqual(rows[0]["at"], rows[1]["at"])
        self.assertEqual(self.by_ones(one), rows)
        shown = self.next(one)
        self.assertEqual((shown["tier"], shown["next"], [m["missing"] for m in shown["missing"]]), ("basic", "silver", [2]))

    def test_above_a_tier_that_a_person_gave(self):
        member = self.join()
        self.give(member, "silver")
        self.assertEqual([self.next(member).get(name) for name in ("tier", "next")], ["silver", "black"])
        would = self.shop.ok("membership.tier.would", {"member": member, "at": self.shop.ok("shop.clock.get")["now"]})
        self.assertEqual([would.get(name) for name in ("held", "earned", "next")], ["silver", "basic", "silver"])
        self.give(member, "black")
        self.assertEqual([self.next(member).get(name) for name in ("tier", "next")], ["black", None])
        self.give(member, "basic")
        self.assertEqual([self.next(member).get(name) for name in ("tier", "next")], ["basic", "silver"])

    def test_many_in_one_millisecond(self):
        member, codes = self.join(), ["silver", "black"] * 10
        with concurrent.futures.ThreadPoolExecutor(len(codes)) as pool:
            list(pool.map(lambda code: self.shop.ok("membership.tier.put", {"member": member, "tier": code, "reason": "x"}), codes))
        rows = self.rows(member)
        self.assertEqual(len(rows), 20)
        for newer, older in zip(rows, rows[1:]):
            self.assertEqual(newer["from"], older["tier"], "in the order in which they happened")
            self.assertGreaterEqual((newer["at"], newer["id"]), (older["at"], older["id"]))
        self.assertEqual((rows[0]["tier"], rows[-1]["from"]), (self.tier(member), "basic"))
        self.assertEqual(self.next(member).get("next"), {"silver": "black"}.get(rows[0]["tier"]))
        self.assertEqual(self.by_ones(member), rows)
        self.refused(400, "missing_field", "before", "membership.tier.history", {"member": member, "before_id": rows[0]["id"]})


class ReturnedUnderAnotherId(Tiers):
    person, merge, people = Merged.person, Merged.merge, Merged.people

    def test_what_was_bought_later_under_any_id_earned_nothing(self):
        """One return of goods that were bought under two ids: each is looked at, wherever it was counted."""
        one, two = self.people(2)
        old = self.buy(two)
        self.advance(1)
        self.make_black(one)
        self.advance(60)
        late = [self.buy(one), self.buy(two)]
        self.merge(one, two)
        self.advance(35)
        self.assertEqual(self.tier(one), "black")
        self.shop.ok("orders.return", {"location": "store-1", "reason": "x", "lines": [{"order": order, "line": 1, "qty": 1000} for order in late]})
        why = self.why(one)
        self.assertEqual(why["tier"], "black", "both were bought when she had it already")
        self.assertGreater(why["keep_until"], 0)
        self.bring_back(old)
        self.assertEqual(self.tier(one), "basic", "bought before: it may have earned it")


class ReturnedForTwo(Tiers):
    person, people = Merged.person, Merged.people

    def test_one_return_of_what_two_customers_bought(self):
        """Each loses what was counted for her, and the tier that it earned, at once."""
        one, two = self.people(2)
        orders = []
        for member in (one, two):
            orders += [self.buy(member)]
            self.advance(1)
            orders += [self.buy(member)]
        self.assertEqual([self.tier(member) for member in (one, two)], ["silver", "silver"])
        self.shop.ok("orders.return", {"location": "store-1", "reason": "x", "lines": [{"order": order, "line": 1, "qty": 1000} for order in orders[1::2]]})
        self.assertEqual([self.tier(member) for member in (one, two)], ["basic", "basic"])


class WhatWouldBe(Tiers):
    def draft(self, source=OTHER):
        return self.shop.ok("rules.draft.put", {"name": "test", "source": source})["draft"]

    def test_under_a_draft_and_in_the_past(self):
        """S1-13: what would she be under draft v2, and in March."""
        member = self.join()
        before = self.shop.ok("shop.clock.get")["now"]
        self.advance(10)
        self.buy(member)
        then = self.shop.ok("shop.clock.get")["now"]
        self.advance(10)
        self.buy(member)
        draft = self.draft()

        def would(**more):
            got = self.shop.ok("membership.tier.would", {"member": member, **more})
            return got["held"], got["tier"]

        self.assertEqual(would(), ("silver", "silver"))
        self.assertEqual(would(at=then), ("basic", "basic"))
        self.assertEqual(would(at=then, draft=draft), ("basic", "silver"))
        self.assertEqual(would(at=before, draft=draft), ("basic", "basic"))
        versions = self.shop.ok("rules.list")["versions"]
        self.assertEqual(would(version=versions[0]["version"]), ("silver", "silver"))
        self.shop.ok("rules.draft.put", {"draft": draft, "name": "test", "source": OTHER.replace("at_least = 1, name", "at_least = 9, name")})
        self.assertEqual(would(draft=draft), ("silver", "basic"), "a draft that changed meanwhile")
        self.assertEqual(self.tier(member), "silver", "nothing has happened")
        self.refused(404, "not_found", "draft", "membership.tier.would", {"member": member, "draft": "rds_" + "0" * 26})
        self.refused(404, "not_found", "draft", "membership.tier.would", {"member": member, "version": 999})
        self.refused(400, "bad_input", "version", "membership.tier.would", {"member": member, "version": 1, "draft": draft})
        self.refused(400, "out_of_range", "at", "membership.tier.would", {"member": member, "at": then + 1000 * DAY})
        self.refused(404, "not_found", "member", "membership.tier.would", {"member": "mem_" + "0" * 26})


class AllMembers(Tiers):
    def test_by_a_draft_and_after_it_is_published(self):
        """S1-13: a draft is tried on all members, and all are asked about anew when it comes into force."""
        members = [self.join() for _ in range(7)]
        for member in members[:5]:
            self.buy(member)
        self.shop.ok("membership.tier.put", {"member": members[6], "tier": "honour", "reason": "x"})
        draft = self.shop.ok("rules.draft.put", {"name": "test", "source": OTHER})["draft"]
        got = self.shop.ok("membership.tier.rerun", {"draft": draft})
        rows = {row["tier"]: row for row in got["tiers"]}
        self.assertGreaterEqual(rows["silver"]["up"], 5)
        self.assertEqual(got["down"], 0)
        self.assertGreaterEqual(got["by_hand"], 1)
        self.assertEqual(sum(row["now"] for row in got["tiers"]), got["members"])
        self.assertEqual(sum(row["then"] for row in got["tiers"]), got["members"])
        self.assertEqual([self.tier(member) for member in members[:6]], ["basic"] * 6, "nothing has happened")
        same = self.shop.ok("membership.tier.rerun")
        self.assertEqual((same["up"], same["down"]), (0, 0))
        self.shop.ok("rules.publish", {"draft": draft, "note": "one visit will do"})
        for member in members[:5]:
            self.becomes(member, "silver")
        self.assertEqual(self.history(members[0])[0], ("basic", "silver", "rules"))
        self.assertEqual(self.tier(members[5]), "basic")
        self.assertEqual(self.tier(members[6]), "honour", "a person gave it")
        for _ in range(200):
            if not self.shop.ok("system.job.list").get("jobs"):
                break
            time.sleep(0.02)
        other = self.shop.ok("rules.draft.put", {"name": "tea", "source": "promotion { id = 'x', percent = 5 }\n"})["draft"]
        self.shop.ok("rules.publish", {"draft": other, "note": "no word about tiers"})
        self.assertEqual(self.shop.ok("system.job.list").get("jobs", []), [], "nobody needs to be asked about anew")


class Cancelled(Tiers):
    rules = "".join('tier { code = "slow-%d", rank = %d, when = function(m) local n = 0 for i = 1, 4000 do n = n + i end return n < 0 end }\n' % (n, n)
                    for n in range(30))

    def test_a_look_at_all_members_shows_how_far_it_is_and_is_cancelled(self):
        """S1-13: all members are asked about in slices, with progress, and somebody can end it."""
        for _ in range(1100):
            self.join()
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.shop.call("membership.tier.rerun")))
        thread.start()
        done = 0
        end = time.monotonic() + 60
        while not done and thread.is_alive() and time.monotonic() < end:
            for query in self.shop.ok("system.queries.list")["queries"]:
                if query["op"] == "membership.tier.rerun" and query["done"]:
                    done = query["done"]
                    self.shop.ok("system.queries.cancel", {"id": query["id"]})
                    break
        thread.join()
        self.assertGreaterEqual(done, 500)
        self.assertEqual(answers[0][1].get("code"), "cancelled", answers)
        self.assertEqual(self.shop.ok("system.queries.list")["queries"], [])


class Granting(Tiers):
    def entitled(self, member):
        return {one["kind"]: one.get("value", "") for one in self.why(member).get("entitlements", [])}

    def test_a_tier_grants_what_others_honour(self):
        """S3-18: a dedicated clerk, ships first, packing of her own; and prices and goods that others do not get."""
        member = self.join()
        self.assertEqual(self.entitled(member), {})
        self.make_black(member)
        clerk = self.shop.ok("identity.staff.put", {"name": "Li Lei", "login": "lilei", "role": "cashier"})["staff"]["id"]
        self.assertEqual(self.entitled(member), {"clerk": "", "packing": "gift", "pick_priority": "90", "price_list": "black", "unlock": "GIFTWRAP"})
        self.shop.ok("membership.clerk.put", {"member": member, "clerk": clerk})
        self.assertEqual(self.entitled(member)["clerk"], clerk)
        self.shop.ok("membership.clerk.put", {"member": member})
        self.assertEqual(self.entitled(member)["clerk"], "")
        self.refused(404, "not_found", "member", "membership.clerk.put", {"member": "mem_" + "0" * 26, "clerk": clerk})
        self.shop.ok("membership.tier.put", {"member": member, "tier": "silver", "reason": "x"})
        self.assertEqual(self.entitled(member), {}, "it goes with the tier")


if __name__ == "__main__":
    unittest.main()
