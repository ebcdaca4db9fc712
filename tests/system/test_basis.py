"""What customers do is kept only while they agree to it: not before, not after, and not of one whose other self does not."""

import os
import subprocess
import tempfile
import unittest

import merx
from insight_shop import InsightTest

RULES = """
tag { code = "looked", when = function(c) return c.did("page", "x") > 0, "looked at x" end }
tag { code = "buyer", when = function(c) return c.count("orders") >= 1, "has bought" end }
"""


class Basis(InsightTest):
    rules = RULES
    known = {}

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="merx-guests-")
        cls.addClassCleanup(folder.cleanup)
        here = os.path.dirname(os.path.abspath(__file__))
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", "-Wno-missing-field-initializers", "-fPIC",
                        "-shared", "-fvisibility=hidden", "-I" + os.path.join(merx.ROOT, "include"),
                        "-o", os.path.join(folder.name, "guests.so"), os.path.join(here, "guests.c")], check=True, timeout=60)
        os.chmod(folder.name, 0o755)
        cls.serve_args = ["--plugins", folder.name, "--plugin", "guests"]
        cls.settings = {"serve_args": cls.serve_args}
        super().setUpClass()
        cls().product("TEA", price=1000, stock=1000)

    def recent(self, member):
        return [one.get("subject") for one in self.shop.ok("insight.profile", {"member": member})["profile"].get("recent", [])]

    def member(self, **more):
        phone = "+86%d" % next(self.phones)
        member = super().member(phone=phone, **more)
        self.known[member] = phone
        return member

    def person(self, member):
        return self.shop.ok("identity.person.find", {"kind": "phone", "value": self.known[member]})["person"]

    def device(self, name, *subjects):
        rows = [{"device": name, "kind": "page", "subject": subject} for subject in subjects]
        self.assertEqual(self.shop.ok("insight.behaviour.add", {"rows": rows}).get("waiting", 0), len(rows))

    def link(self, member, device):
        self.shop.ok("identity.person.link", {"person": self.person(member), "kind": "device", "value": device})

    def behind(self):
        """What happened until now is folded."""
        other = self.member()
        self.buy(other, ("TEA", 1))
        self.wait_orders(other, 1)
        self.until([], lambda: self.shop.ok("system.job.list").get("jobs", []), "jobs that run")


class Told(Basis):
    def test_nothing_is_kept_of_who_has_not_agreed(self):
        """S3-6: neither the row nor what its text says; also when she agrees later."""
        member, agreed = self.member(consents=False), self.member()
        rows = [{"member": who, "kind": "review", "subject": "UNASKED", "text": "too oily"} for who in (member, agreed, member)]
        answer = self.shop.ok("insight.behaviour.add", {"rows": rows + [{"device": "unasked-1", "kind": "page"}]})
        self.assertEqual((answer["kept"], answer["waiting"], answer["withheld"]), (1, 1, 2))
        told = [one["data"] for one in self.shop.ok("system.log.list", {"type": "insight.behaviour.added", "limit": 500})["events"]]
        self.assertEqual([one["rows"] for one in told if one["member"] in (member, agreed)], [1])
        self.assertEqual(self.shop.ok("insight.words", {"subject": "UNASKED"})["aspects"][0]["count"], 1)
        self.consent(member)
        self.assertEqual(self.recent(member), [])
        self.did(member, "page", "asked")
        self.assertEqual(self.recent(member), ["asked"])

    def test_who_is_told_by_an_identifier_is_asked_too(self):
        member = self.member(consents=False)
        row = {"kind_of": "phone", "identifier": self.known[member], "kind": "page", "subject": "x"}
        self.assertEqual(self.shop.ok("insight.behaviour.add", {"rows": [row]}), {"kept": 0, "waiting": 0, "withheld": 1})

    def test_taken_back_it_goes_with_the_word(self):
        """Also what a clock that is ahead has told, and what is too much for one command; what she bought stays."""
        member = self.member()
        self.buy(member, ("TEA", 1))
        self.did(member, "page", "x")
        self.wait_tags(member, "buyer", "looked")
        ahead = self.shop.ok("shop.clock.get")["now"] + 240000
        self.shop.ok("insight.behaviour.add", {"rows": [{"member": member, "kind": "page", "subject": "ahead", "at": ahead}]})
        for _ in range(6):
            self.shop.ok("insight.behaviour.add", {"rows": [{"member": member, "kind": "page", "subject": "much"}] * 500})
        self.withdraw(member)
        self.consent(member)
        self.assertEqual(self.recent(member), [])
        self.did(member, "page", "new")
        self.behind()
        self.assertEqual(self.recent(member), ["new"])
        self.wait_tags(member, "buyer")
        tags = self.shop.ok("insight.tags", {"member": member, "history": True})
        self.assertEqual(tags.get("history", []), [])
        dropped = self.shop.ok("system.log.list", {"type": "insight.tag.dropped", "limit": 500})["events"]
        self.assertEqual(sorted(one["data"]["tag"] for one in dropped if one["data"]["member"] == member), ["buyer", "looked"])
        self.assertEqual(self.scores(member)["orders"], 1)
        dump = self.shop.dumped(self.serve_args)
        self.assertNotIn('"ahead"', dump)
        self.assertNotIn('"much"', dump)
        self.assertIn('"new"', dump)

    def test_taken_back_for_good(self):
        member = self.member()
        self.did(member, "page", "for-good")
        self.did(member, "page", "x")
        self.buy(member, ("TEA", 1))
        self.wait_tags(member, "buyer", "looked")
        self.withdraw(member)
        self.assertEqual(self.shop.ok("insight.tags", {"member": member}).get("tags", []), [])
        self.behind()
        rows = [line for line in self.shop.dumped(self.serve_args).splitlines() if member in line]
        kept = {table for table in ("insight.behaviour", "insight.tag", "insight.period", "insight.bought") if any('"%s"' % table in line for line in rows)}
        self.assertEqual(kept, {"insight.bought"})
        scores = self.scores(member)
        self.assertEqual((scores["orders"], scores["withheld"], scores.get("tastes", [])), (1, True, []))

    def test_taken_back_it_goes_under_all_her_ids(self):
        ids = [self.member() for _ in range(3)]
        for other in ids[1:]:
            self.shop.ok("identity.person.merge", {"from": self.person(other), "into": self.person(ids[0]), "reason": "same"})
        self.behind()
        for member in ids:
            self.shop.ok("insight.behaviour.add", {"rows": [{"member": member, "kind": "page", "subject": "of-many"}] * 250})
        self.withdraw(ids[2])
        self.consent(ids[1])
        self.assertEqual(self.recent(ids[0]), [])
        self.behind()
        self.assertNotIn('"of-many"', self.shop.dumped(self.serve_args))

    def test_taken_back_while_the_log_is_followed(self):
        """She is linked and takes her word back before all that waited is hers: none of it comes, although she agrees again at once."""
        for rounds in (1, 6):
            member, device = self.member(), "taken-back-%d" % rounds
            for _ in range(rounds):
                self.device(device, *["before"] * 500)
            self.link(member, device)
            self.withdraw(member)
            self.consent(member)
            self.behind()
            self.assertEqual(self.recent(member), [])
            self.did(member, "page", "new")
            self.assertEqual(self.recent(member), ["new"])

    def test_she_leaves_a_segment_that_nobody_watches_any_more(self):
        member = self.member()
        for watched in (True, False):
            self.shop.ok("insight.segment.put", {"code": "watched", "where": {"tag": "looked"}, "watched": watched})
            if watched:
                self.did(member, "page", "x")
                self.wait_tags(member, "looked")
        self.behind()
        self.withdraw(member)
        self.behind()
        lines = [line for line in self.shop.dumped(self.serve_args).splitlines() if '"insight.insider"' in line]
        self.assertEqual([line for line in lines if member in line], [])

    def test_a_channel_taken_back_leaves_what_the_others_allow(self):
        member = self.member()
        self.did(member, "page", "x")
        self.shop.ok("privacy.consent.withdraw", {"member": member, "purpose": "marketing", "source": "app"})
        self.assertEqual(self.recent(member), ["x"])


class Exported(Basis):
    def test_an_export_holds_all_that_she_did(self):
        """S3-6: not the newest alone; the customer view shows her tags and no more."""
        member = self.member()
        for _ in range(2):
            self.shop.ok("insight.behaviour.add", {"rows": [{"member": member, "kind": "page", "subject": "x", "location": "store-1"}] * 400})
        self.wait_tags(member, "looked")
        asked = self.shop.ok("privacy.export.ask", {"member": member})
        part = self.shop.ok("privacy.export.fetch", {"id": asked["id"]})["sections"]["tags"]
        self.assertEqual([one["tag"] for one in part["tags"]], ["looked"])
        self.assertEqual((len(part["behaviours"]), {(one["subject"], one["location"]) for one in part["behaviours"]}), (800, {("x", "store-1")}))
        self.assertFalse(part["more"])
        view = self.shop.ok("membership.view", {"member": member})["sections"]
        self.assertNotIn("behaviours", str(view))


    def test_of_very_much_the_newest_and_it_says_so(self):
        member = self.member()
        for _ in range(20):
            self.shop.ok("insight.behaviour.add", {"rows": [{"member": member, "kind": "page"}] * 500})
        for more in (False, True):
            whole = self.shop.ok("privacy.export.fetch", {"id": self.shop.ok("privacy.export.ask", {"member": member})["id"]})
            part = whole["sections"]["tags"]
            self.assertEqual((len(part["behaviours"]), part["more"], "tags" in whole["more"]), (10000, more, more))
            self.did(member, "page", "newest")
        self.assertEqual(part["behaviours"][-1]["subject"], "newest")


class Claimed(Basis):
    def test_a_guest_who_joins(self):
        """S1-1: what she did as a guest is hers when she agrees as she joins, and gone when she does not."""
        agrees = [{"purpose": "personalisation", "language": "en", "version": 1}]
        for device, consents, wanted in (("joins-1", agrees, ["before"]), ("joins-2", [], [])):
            self.device(device, "before")
            phone = "+86%d" % next(self.phones)
            member = self.shop.ok("membership.join", {"phone": phone, "name": "Somebody", "device": device, "consents": consents})["member"]["id"]
            self.behind()
            if not consents:
                self.consent(member)
            self.assertEqual(self.recent(member), wanted)

    def test_a_guest_who_is_linked(self):
        member, shy = self.member(), self.member(consents=False)
        for device, who in (("linked-1", member), ("linked-2", shy)):
            self.device(device, "before")
            self.link(who, device)
        self.behind()
        self.consent(shy)
        self.assertEqual((self.recent(member), self.recent(shy)), (["before"], []))
        self.assertEqual(self.shop.ok("insight.behaviour.add", {"rows": [{"device": "linked-2", "kind": "page", "subject": "after"}]})["kept"], 1)

    def test_a_guest_who_is_merged(self):
        """Either way round, also with more than one command takes; with a basis alone."""
        for number, agrees, guest_stands in ((1, True, False), (2, True, True), (3, False, False)):
            device = "merged-%d" % number
            guest = self.shop.ok("guests.make", {"kind": "device", "value": device})["person"]
            self.device(device, *["many"] * 450)
            member = self.member(consents=agrees)
            self.assertEqual(self.recent(member), [])
            pair = (self.person(member), guest) if guest_stands else (guest, self.person(member))
            self.shop.ok("identity.person.merge", {"from": pair[0], "into": pair[1], "reason": "same"})
            self.behind()
            if not agrees:
                self.consent(member)
            sums = self.shop.ok("insight.profile", {"member": member})["profile"].get("sums", [])
            self.assertEqual([one["times"] for one in sums], [450] if agrees else [], device)

    def test_what_strangers_do_after_she_left_the_device_is_not_hers(self):
        """A tablet that many hold: while all that waited on it goes to her in steps, she is parted from it."""
        member = self.member()
        for _ in range(6):
            self.device("tablet", *["hers"] * 500)
        self.link(member, "tablet")
        self.until(True, lambda: bool(self.recent(member)), "the newest of it")
        self.shop.ok("identity.person.unlink", {"person": self.person(member), "kind": "device", "value": "tablet"})
        self.device("tablet", *["stranger"] * 201)
        self.behind()
        self.assertEqual(set(self.recent(member)), {"hers"})
        dump = self.shop.dumped(self.serve_args)
        self.assertEqual((dump.count('"hers"'), dump.count('"stranger"')), (3000, 201))

    def test_much_under_many_names_is_hers_in_steps(self):
        member = self.member()
        for number in range(5):
            self.device("many-%d" % number, *["many"] * 200)
        guest = self.shop.ok("guests.make", {"kind": "device", "value": "many-0"})["person"]
        for number in range(1, 5):
            self.shop.ok("identity.person.link", {"person": guest, "kind": "device", "value": "many-%d" % number})
        self.shop.ok("identity.person.merge", {"from": guest, "into": self.person(member), "reason": "same"})
        self.behind()
        dump = self.shop.dumped(self.serve_args)
        self.assertEqual(len([line for line in dump.splitlines() if '"many"' in line and member in line]), 1000)

    def test_one_who_took_it_back_speaks_for_the_other_she_is(self):
        one, other = self.member(), self.member()
        self.did(one, "page", "x")
        self.wait_tags(one, "looked")
        self.withdraw(other)
        merge = self.shop.ok("identity.person.merge", {"from": self.person(other), "into": self.person(one), "reason": "same"})["merge"]
        self.behind()
        self.shop.ok("identity.person.unmerge", {"merge": merge})
        self.behind()
        self.assertEqual(self.recent(one), [])
        self.assertEqual(self.tags(one), [])


if __name__ == "__main__":
    unittest.main()
