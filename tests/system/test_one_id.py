"""One customer in every channel: what she is known by, who is one with whom, and the way back (S0-20, S2-13a, S3-4)."""

import concurrent.futures
import itertools
import random
import subprocess
import unittest

import merx
from sales import OrdersTest

RULES = 'promotion { id = "ten", percent = 10, coupon = true, name = "Ten percent" }'
NOBODY = "0" * 26
_phones = itertools.count(13860000001)


class Shop(OrdersTest):
    rules = RULES

    @classmethod
    def fill(cls):
        super().fill()
        cls.shop.ok("loyalty.settings.put", {"minor_per_point": 10})
        cls.roles = {role: cls.shop.make_key(role) for role in ("cashier", "clerk", "manager", "auditor", "channel", "warehouse")}

    def join(self):
        """A new member -> (member, person, phone)."""
        phone = "+86%d" % next(_phones)
        member = self.shop.ok("membership.join", {"phone": phone, "name": "Somebody"})["member"]["id"]
        return member, self.find("phone", phone)["person"], phone

    def find(self, kind, value, **more):
        return self.shop.ok("identity.person.find", {"kind": kind, "value": value}, **more)

    def show(self, person, **more):
        return self.shop.ok("identity.person.show", {"person": person}, **more)

    def link(self, person, kind, value, **more):
        return self.shop.ok("identity.person.link", {"person": person, "kind": kind, "value": value, **more})

    def merge(self, source, into, **more):
        return self.shop.ok("identity.person.merge", {"from": source, "into": into, "reason": "the same phone at the counter"}, **more)

    def unmerge(self, merge):
        return self.shop.ok("identity.person.unmerge", {"merge": merge})

    def buy(self, member, pieces=1):
        return self.place(("TEA", pieces * 1000), member=member)["order"]["id"]

    def points(self, member):
        return self.shop.ok("loyalty.points.balance", {"member": member})["points"]

    def orders(self, member):
        return sorted(order["id"] for order in self.shop.ok("orders.list", {"member": member, "limit": 100})["orders"])


class Known(Shop):
    def test_one_person_is_known_by_everything_she_shows_in_any_channel(self):
        """S0-20 S2-13a: joined at the till by phone; the web's address, the app's id, a card and a marketplace's account lead to her."""
        _, person, phone = self.join()
        known = {"card": ("90012345", "till"), "email": ("Lin@Example.CN", "web"), "openid": ("oX-1_ab", "app"), "device": ("d-7", "app"),
                 "account": ("market:4711", "intake")}
        for kind, (value, source) in known.items():
            self.link(person, kind, value, source=source, ref="doc-1")
        for kind, (value, _) in known.items():
            self.assertEqual(self.find(kind, value)["person"], person)
        self.assertEqual(self.find("email", "lin@example.cn")["person"], person)
        self.assertEqual(self.find("phone", phone[3:])["person"], person)
        shown = self.show(person)
        self.assertEqual(shown["persons"], [person])
        by_kind = {link["kind"]: link for link in shown["identifiers"]}
        for kind, (value, source) in known.items():
            link = by_kind[kind]
            self.assertEqual((link["source"], link["ref"], link["person"]), (source, "doc-1", person))
            self.assertTrue(link["by"].startswith("pri_") and link["linked"] > 0)
            self.assertEqual(link["value"].lower(), value.lower())

    def test_values_are_masked_for_who_may_not_read_them(self):
        _, person, phone = self.join()
        self.link(person, "email", "masked@example.cn")
        for role in ("cashier", "clerk"):
            links = {link["kind"]: link for link in self.show(person, key=self.roles[role])["identifiers"]}
            self.assertEqual((links["phone"]["masked"], links["email"]["masked"]), ("***" + phone[-4:], "***@example.cn"))
            self.assertNotIn("masked@", str(links))
            self.assertNotIn(phone, str(links))
        self.assertEqual(self.find("email", "masked@example.cn", key=self.roles["channel"])["person"], person)

    def test_who_may(self):
        (_, a, phone), (_, b, _) = self.join(), self.join()
        body = {"from": a, "into": b, "reason": "x"}
        for role in ("cashier", "clerk", "channel", "warehouse", "auditor"):
            self.refused(403, "forbidden", None, "identity.person.merge", body, key=self.roles[role])
        for role in ("warehouse", "auditor"):
            self.refused(403, "forbidden", None, "identity.person.show", {"person": a}, key=self.roles[role])
            self.refused(403, "forbidden", None, "identity.person.find", {"kind": "phone", "value": phone}, key=self.roles[role])
            self.refused(403, "forbidden", None, "identity.person.link", {"person": a, "kind": "card", "value": "9"}, key=self.roles[role])
        self.assertEqual(self.merge(a, b, key=self.roles["manager"])["stands"], b)

    def test_what_is_looked_for_never_stands_in_an_address(self):
        _, _, phone = self.join()
        client = self.shop.client()
        status, _, _ = client.request("GET", "/v1/identity.person.find?kind=phone&value=" + phone[1:], headers={"Authorization": "Bearer " + self.shop.owner_key})
        client.close()
        self.assertEqual(status, 405)

    def test_bad_input_is_named_and_changes_nothing(self):
        _, person, _ = self.join()
        before = self.show(person)
        for kind, value, field in [("phone", "12", "phone"), ("phone", "not a phone", "phone"), ("phone", "+86139100000061234567", "phone"), ("email", "lin", "email"),
                                   ("email", "lin@", "email"), ("email", "l in@example.cn", "email"), ("email", "a@b@c.cn", "email"), ("card", "1 2", "card"),
                                   ("face", "x", "kind"), ("card", "", "value"), ("card", "x" * 129, "value"), ("card", 7, "value")]:
            with self.subTest(kind=kind, value=value):
                status, answer = self.shop.call("identity.person.link", {"person": person, "kind": kind, "value": value})
                self.assertEqual((status, answer.get("field")), (400, field), answer)
        self.refused(404, "not_found", "person", "identity.person.link", {"person": "per_" + NOBODY, "kind": "card", "value": "9"})
        self.refused(404, "not_found", "value", "identity.person.unlink", {"person": person, "kind": "card", "value": "9"})
        self.refused(404, "not_found", "value", "identity.person.find", {"kind": "card", "value": "nobody-has-it"})
        self.refused(404, "not_found", "person", "identity.person.show", {"person": "per_" + NOBODY})
        self.assertEqual(self.show(person), before)

    def test_taken_away_it_is_free_for_another(self):
        (_, a, _), (_, b, _) = self.join(), self.join()
        self.link(a, "card", "900777")
        self.refused(409, "identifier_taken", "card", "identity.person.link", {"person": b, "kind": "card", "value": "900777"})
        self.shop.ok("identity.person.unlink", {"person": a, "kind": "card", "value": "900777"})
        self.link(b, "card", "900777")
        self.assertEqual(self.find("card", "900777")["person"], b)


class Conflicts(Shop):
    def test_both_are_named_masked_and_the_merge_is_offered(self):
        """Issue 5, bad input: conflicting unique identifiers."""
        (_, a, phone), (_, b, other) = self.join(), self.join()
        body, idem = {"person": b, "kind": "phone", "value": phone}, "conflict-%s" % b
        answer = self.shop.call("identity.person.link", body, idem=idem)[1]
        self.assertEqual((answer["status"], answer["code"], answer["field"]), (409, "identifier_taken", "phone"))
        self.assertEqual(answer["conflict"], {"kind": "phone", "merge_with": a, "persons": [
            {"person": b, "identifiers": [{"kind": "phone", "masked": "***" + other[-4:]}]},
            {"person": a, "identifiers": [{"kind": "phone", "masked": "***" + phone[-4:]}]}]})
        self.assertNotIn(phone, str(answer))
        self.merge(b, answer["conflict"]["merge_with"])
        self.shop.ok("identity.person.link", body, idem=idem)  # the same request, looked at again
        self.assertEqual(self.find("phone", phone)["person"], a)  # and nothing was moved

    def test_what_makes_no_sense_is_refused(self):
        (_, a, _), (_, b, _), (_, c, _) = self.join(), self.join(), self.join()

        def no(status, code, field, source, into):
            self.refused(status, code, field, "identity.person.merge", {"from": source, "into": into, "reason": "x"})
        no(409, "same_person", "into", a, a)
        no(404, "not_found", "from", "per_" + NOBODY, a)
        no(404, "not_found", "into", a, "per_" + NOBODY)
        merge = self.merge(a, b)["merge"]
        self.merge(b, c)
        for source, into in itertools.permutations((a, b, c), 2):
            no(409, "merged_already", "into", source, into)  # any of these would close a ring
        self.refused(404, "not_found", "merge", "identity.person.unmerge", {"merge": "mrg_" + NOBODY})
        self.unmerge(merge)
        self.refused(409, "unmerged_already", "merge", "identity.person.unmerge", {"merge": merge})
        self.assertEqual((self.show(a)["persons"], self.show(b)["persons"]), ([a], [c, b]))
        self.refused(400, "missing_field", "reason", "identity.person.merge", {"from": a, "into": b})


class Histories(Shop):
    def test_both_histories_under_either_key_and_each_her_own_again(self):
        """S0-20 S3-4: two memberships of one human being: one balance, one list of orders; then apart again, exactly."""
        (one, a, _), (two, b, _) = self.join(), self.join()
        first, second = self.buy(one, 3), self.buy(two, 5)
        before = self.points(one), self.points(two)
        merged = self.merge(a, b)
        self.assertEqual((merged["stands"], merged["persons"]), (b, [b, a]))
        for member in (one, two):
            self.assertEqual(self.points(member), sum(before))
            self.assertEqual(self.orders(member), sorted([first, second]))
        unmerged = self.unmerge(merged["merge"])
        self.assertEqual((unmerged["stays"], unmerged["parts"], unmerged["unsplit"]), ([b], [a], []))
        self.assertEqual((self.points(one), self.points(two)), before)
        self.assertEqual((self.orders(one), self.orders(two)), ([first], [second]))

    def test_what_came_since_stays_with_the_one_who_stood_and_is_said(self):
        (one, a, _), (two, b, _) = self.join(), self.join()
        self.buy(one, 3)
        before = self.points(one)
        merge = self.merge(a, b)["merge"]
        self.buy(one, 7)  # she shows her old card; it is booked under the id that stands
        self.assertEqual(self.points(one), self.points(two))
        together = self.points(two)
        self.link(b, "card", "card-of-%s" % b)
        unmerged = self.unmerge(merge)
        said = {entry["what"]: entry["count"] for entry in unmerged["unsplit"]}
        self.assertEqual(said["identifiers"], 1)
        self.assertGreaterEqual(said.get("points", 0), 1)
        self.assertTrue(all(entry["note"] for entry in unmerged["unsplit"]))
        self.assertEqual(self.points(one) + self.points(two), together)  # nothing is lost, nothing is there twice
        self.assertEqual(self.points(one), before)

    def test_a_coupon_of_one_is_good_for_the_other_while_they_are_one(self):
        (one, a, _), (two, b, _) = self.join(), self.join()
        coupon = self.shop.ok("promotions.coupon.issue", {"rule": "ten", "member": one, "code": True})["coupon"]["id"]
        code = self.shop.ok("promotions.coupon.reveal", {"id": coupon})["code"]

        def good(member):
            return self.shop.ok("promotions.coupon.check", {"codes": [code], "member": member})["said"][0]["state"] == "usable"
        self.assertEqual((good(one), good(two)), (True, False))
        merge = self.merge(a, b)["merge"]
        self.assertEqual((good(one), good(two)), (True, True))
        self.unmerge(merge)
        self.assertEqual((good(one), good(two)), (True, False))

    def test_any_merges_and_partings_count_everything_once(self):
        """Random merges and unmerges against a model: each id shows the sum of what all of its set earned."""
        rng, count = random.Random(20), 8
        members = [self.join() for _ in range(count)]
        bought = [self.buy(member, 1 + 2 * i) for i, (member, _, _) in enumerate(members)]
        earned = [self.points(member) for member, _, _ in members]
        edges = []  # (from, into, merge), those that stand, in order
        for _ in range(merx.fewer(60, 25)):
            group, stands = self.groups(count, edges)
            if edges and rng.random() < 0.45:
                self.unmerge(edges.pop(rng.randrange(len(edges)))[2])
            else:
                source, into = rng.sample(range(count), 2)
                status, answer = self.shop.call("identity.person.merge", {"from": members[source][1], "into": members[into][1], "reason": "x"})
                self.assertEqual(status, 409 if group[source] == group[into] else 200, answer)
                if status == 200:
                    edges.append((source, into, answer["merge"]))
            group, stands = self.groups(count, edges)
            for i, (member, person, _) in enumerate(members):
                mine = [k for k in range(count) if group[k] == group[i]]
                shown = self.show(person)
                self.assertEqual(sorted(shown["persons"]), sorted(members[k][1] for k in mine))
                self.assertEqual(shown["stands"], members[stands[group[i]]][1])
                self.assertEqual(self.points(member), sum(earned[k] for k in mine))
            mine = [k for k in range(count) if group[k] == group[0]]
            self.assertEqual(self.orders(members[0][0]), sorted(bought[k] for k in mine))
        self.verified()

    @staticmethod
    def groups(count, edges):
        group, stands = list(range(count)), list(range(count))
        for source, into, _ in edges:
            old, kept = group[source], group[into]
            group = [kept if g == old else g for g in group]
        return group, stands


class Kept(Shop):
    def test_merges_outlive_a_crash_and_nothing_personal_is_left_in_the_open(self):
        """Ids and kinds only: in the log, in the answers that are kept, in the data folder."""
        (one, a, phone), (two, b, other) = self.join(), self.join()
        self.link(a, "card", "90099887766")
        self.link(b, "email", "canary.lin@example.cn")
        self.shop.call("identity.person.link", {"person": b, "kind": "phone", "value": phone})  # a conflict leaves nothing either
        self.buy(one, 2)
        self.merge(a, b)
        self.shop.kill()
        self.shop.serve()
        self.assertEqual(self.show(a)["persons"], [b, a])
        self.assertEqual(self.points(one), self.points(two))
        verified = self.shop.verify()
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        for secret in (phone[1:], other[1:], "90099887766", "canary.lin"):
            found = subprocess.run(["grep", "-rlaF", secret, self.shop.folder], capture_output=True, text=True)
            self.assertEqual(found.stdout, "", "%s stands in the open" % secret)
        told = {event["name"] for event in self.shop.ok("system.log.list", {"from": 1, "limit": 500})["events"]}
        self.assertLessEqual({"identity.person.linked", "identity.persons.merged"}, told)


class Racing(Shop):
    def at_once(self, calls):
        """All (op, body) in parallel -> their status codes."""
        with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
            return [status for status, _ in pool.map(lambda call: self.shop.call(*call), calls)]

    def test_many_at_once_make_no_ring_and_give_nothing_away_twice(self):
        people = [self.join()[1] for _ in range(6)]
        card = "900%s" % people[0][-8:]
        won = self.at_once([("identity.person.link", {"person": person, "kind": "card", "value": card}) for person in people])
        self.assertEqual(sorted(won), [200] + [409] * 5)
        self.assertEqual(self.find("card", card)["person"], people[won.index(200)])
        pairs = list(itertools.permutations(people, 2))
        merged = self.at_once([("identity.person.merge", {"from": source, "into": into, "reason": "x"}) for source, into in pairs])
        self.assertEqual((merged.count(200), merged.count(409)), (5, len(pairs) - 5))
        shown = self.show(people[0])
        self.assertEqual(sorted(shown["persons"]), sorted(people))
        merges = [merge["merge"] for merge in shown["merges"]]
        parted = self.at_once([("identity.person.unmerge", {"merge": merge}) for merge in merges * 2])
        self.assertEqual((parted.count(200), parted.count(409)), (5, 5))
        for person in people:
            self.assertEqual(self.show(person)["persons"], [person])
        self.verified()


class Forgotten(Shop):
    def test_erased_with_all_her_ids_and_free_for_who_comes(self):
        """Erasing one erases the customer; her phone and card can be somebody else's; the books still add up."""
        (one, a, phone), (two, b, other) = self.join(), self.join()
        self.link(a, "card", "90055443322")
        self.buy(one, 2)
        merge = self.merge(a, b)["merge"]
        self.shop.ok("privacy.erase", {"member": two, "reason": "she asked", "forfeit": True})
        for person in (a, b):
            shown = self.show(person)
            self.assertEqual((shown["erased"], shown["identifiers"], shown["persons"]), (True, [], [b, a]))
            self.refused(409, "erased", "person", "identity.person.link", {"person": person, "kind": "card", "value": "90055443322"})
        for kind, value in (("phone", phone), ("phone", other), ("card", "90055443322")):
            self.refused(404, "not_found", "value", "identity.person.find", {"kind": kind, "value": value})
        self.refused(409, "erased", "merge", "identity.person.unmerge", {"merge": merge})
        anew = self.shop.ok("membership.join", {"phone": phone, "name": "Somebody else"})["member"]["id"]
        person = self.find("phone", phone)["person"]
        self.assertNotIn(anew, (one, two))
        self.assertNotIn(person, (a, b))
        self.assertEqual(self.points(anew), 0)
        self.link(person, "card", "90055443322")
        self.refused(409, "erased", "into", "identity.person.merge", {"from": person, "into": a, "reason": "x"})
        self.verified()


if __name__ == "__main__":
    unittest.main()
