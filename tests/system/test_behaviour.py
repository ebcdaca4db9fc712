"""What customers do comes in over HTTP and is in the profile at once (S0-4, S0-6, S1-1)."""

import time
import unittest

import merx
from insight_shop import DAY, InsightTest

NOBODY = "mem_" + "0" * 26


class Behaviour(InsightTest):
    def profile(self, member, **more):
        return self.shop.ok("insight.profile", {"member": member}, **more)["profile"]

    def test_what_a_member_does_is_in_the_next_read(self):
        """S0-4 S3-6: written by one call, seen by the next."""
        member = self.member()
        self.did(member, "page", "sunscreen", dwell_ms=200000, session="v1")
        self.did(member, "page", "sunscreen", dwell_ms=1000, session="v1")
        self.did(member, "page", "primer", session="v1")
        profile = self.profile(member)
        self.assertEqual([(one["kind"], one["subject"], one.get("dwell_ms", 0)) for one in profile["recent"]],
                         [("page", "sunscreen", 200000), ("page", "sunscreen", 1000), ("page", "primer", 0)])
        first = profile["sums"][0]
        self.assertEqual((first["subject"], first["times"], first["dwell_ms"]), ("sunscreen", 2, 201000))

    def test_a_member_is_found_by_an_identifier(self):
        phone = "+86%d" % next(self.phones)
        member = self.shop.ok("membership.join", {"phone": phone, "name": "Somebody"})["member"]["id"]
        self.consent(member)
        answer = self.shop.ok("insight.behaviour.add", {"rows": [{"kind_of": "phone", "identifier": phone, "kind": "shelf", "subject": "A-1"}]})
        self.assertEqual((answer["kept"], answer.get("waiting", 0)), (1, 0))
        self.assertEqual(self.profile(member)["recent"][0]["subject"], "A-1")

    def test_a_device_waits_for_its_member(self):
        rows = [{"device": "phone-77", "kind": "page", "subject": "p%d" % i, "session": "s"} for i in range(3)]
        answer = self.shop.ok("insight.behaviour.add", {"rows": rows})
        self.assertEqual((answer.get("kept", 0), answer["waiting"]), (0, 3))
        member = self.member()
        person = self.shop.ok("identity.person.find", {"kind": "phone", "value": "+86%d" % (next(self.phones) - 1)})["person"]
        self.shop.ok("identity.person.link", {"person": person, "kind": "device", "value": "phone-77"})
        self.until(3, lambda: len(self.profile(member)["recent"]), "what the device did")
        self.shop.ok("insight.behaviour.add", {"rows": [{"device": "phone-77", "kind": "page", "subject": "p3"}]})
        self.assertEqual(len(self.profile(member)["recent"]), 4)

    def test_a_device_with_much_to_give_gives_all_of_it(self):
        for _ in range(2):
            self.shop.ok("insight.behaviour.add", {"rows": [{"device": "phone-78", "kind": "page", "subject": "much"}] * 230})
        member = self.member()
        person = self.shop.ok("identity.person.find", {"kind": "phone", "value": "+86%d" % (next(self.phones) - 1)})["person"]
        self.shop.ok("identity.person.link", {"person": person, "kind": "device", "value": "phone-78"})
        self.until([460], lambda: [one["times"] for one in self.profile(member)["sums"]], "what the device did, in steps")

    def test_nothing_is_shown_without_consent(self):
        member = self.member()
        self.did(member, "page", "x")
        self.assertEqual(len(self.profile(member)["recent"]), 1)
        self.withdraw(member)
        profile = self.profile(member)
        self.assertTrue(profile["withheld"])
        self.assertEqual((profile.get("recent", []), profile.get("sums", [])), ([], []))

    def test_a_door_counts_and_knows_nobody(self):
        answer = self.shop.ok("insight.behaviour.add", {"rows": [{"kind": "door", "location": "store-1", "count": 12}]})
        self.assertEqual((answer.get("kept", 0), answer["waiting"]), (0, 1))

    def test_bad_rows_are_named_and_nothing_is_kept(self):
        member = self.member()
        good = {"member": member, "kind": "page", "subject": "x"}
        later = int(time.time() * 1000) + DAY
        for field, code, row in (("rows[1].member", "bad_input", {"kind": "page"}), ("rows[1].member", "bad_input", {"member": NOBODY, "kind": "page"}),
                                 ("rows[1].at", "bad_input", {**good, "at": later}), ("rows[1].kind_of", "bad_input", {"identifier": "1", "kind": "page"}),
                                 ("rows[1].identifier", "bad_input", {"kind_of": "card", "member": member, "kind": "page"}),
                                 ("rows[1].identifier", "bad_input", {"kind_of": "phone", "identifier": "nobody", "kind": "page"})):
            self.refused(400, code, field, "insight.behaviour.add", {"rows": [good, row]})
        self.assertEqual(self.shop.call("insight.behaviour.add", {"rows": []})[0], 400)
        self.refused(400, "bad_input", "rows[8].text", "insight.behaviour.add", {"rows": [{**good, "text": "a" * 4000}] * 9})
        self.assertEqual(self.profile(member).get("recent", []), [])

    def test_texts_are_counted_and_not_kept(self):
        """S0-6: 'too oily', 'runs large'; and in Chinese."""
        member = self.member()
        for text in ("Nice scent but TOO OILY for me", "太油了,不适合敏感肌", "Runs large. Too oily again, mail me at jane.secret@example.com 13800001234"):
            self.did(member, "review", "CREAM", text=text)
        for text in ("oily, says Hildegard", "敏感", "敏感"):
            self.did(member, "note", "CREAM", text=text)
        self.did(member, "chat", "CREAM", text="Is it fit for sensitive skin?")
        words = self.shop.ok("insight.words", {"subject": "CREAM"})
        aspects = {one["word"]: (one["count"], one.get("feeling", 0)) for one in words["aspects"]}
        self.assertEqual(aspects["too-oily"], (3, -1))
        self.assertEqual(aspects["runs-large"], (1, -1))
        self.assertEqual([(one["word"], one["count"]) for one in words["intents"]], [("sensitive-skin", 1)])
        counted = {one["word"]: one["count"] for one in words["words"]}
        self.assertEqual(counted["oily"], 3)
        self.assertTrue(any("敏感" in word for word in counted), counted)
        self.assertFalse([word for word in counted if "secret" in word or "jane" in word or "138" in word or word == "hildegard"], counted)
        self.assertNotIn("hildegard", self.dump())
        kinds = {(one["kind"], one.get("subject")) for one in self.profile(member)["recent"]}
        self.assertIn(("aspect", "too-oily"), kinds)
        self.assertIn(("intent", "sensitive-skin"), kinds)

    def test_words_of_one_article_stand_out_against_others(self):
        member = self.member()
        for i in range(3):
            self.did(member, "review", "STAND-A", text="pump broke, bottle fine")
            self.did(member, "review", "STAND-B", text="bottle fine, colour fine")
        words = [one["word"] for one in self.shop.ok("insight.words", {"subject": "STAND-A"})["words"]]
        self.assertLess(words.index("pump"), words.index("bottle"))

    def test_a_text_cannot_be_read_again_from_its_words(self):
        """Nor when the same long one was sent three times."""
        member = self.member()
        text = "".join(chr(0x4E00 + 7 * i) for i in range(60))
        for _ in range(3):
            self.did(member, "review", "LONG", text=text)
        words = self.shop.ok("insight.words", {"subject": "LONG"})["words"]
        self.assertEqual({one["count"] for one in words}, {3})
        self.assertLessEqual(max(len(one["word"]) for one in words), 12)

    def test_roles(self):
        member = self.member()
        row = {"rows": [{"member": member, "kind": "page"}]}
        for role, write, read in (("channel", 200, 200), ("cashier", 200, 200), ("auditor", 403, 200), ("warehouse", 403, 403)):
            key = self.shop.make_key(role)
            self.assertEqual(self.shop.call("insight.behaviour.add", row, key=key)[0], write, role)
            self.assertEqual(self.shop.call("insight.profile", {"member": member}, key=key)[0], read, role)

    def test_merged_ids_show_one_customer(self):
        one, other = self.member(), self.member()
        phone = next(self.phones) - 2
        persons = [self.shop.ok("identity.person.find", {"kind": "phone", "value": "+86%d" % (phone + i)})["person"] for i in (0, 1)]
        self.did(one, "page", "a")
        self.did(other, "page", "b")
        self.shop.ok("identity.person.merge", {"from": persons[1], "into": persons[0], "reason": "same"})
        for member in (one, other):
            self.assertEqual(sorted(row["subject"] for row in self.profile(member)["recent"]), ["a", "b"])

    def test_erasing_takes_it_all(self):
        member = self.member()
        self.did(member, "page", "gone")
        self.assertIn('"gone"', self.dump())
        self.shop.ok("privacy.erase", {"member": member, "reason": "asked"})
        self.assertNotIn('"gone"', self.dump())

    def test_erasing_takes_what_is_too_much_for_one_command(self):
        member = self.member()
        self.shop.ok("insight.behaviour.add", {"rows": [{"member": member, "kind": "page", "subject": "gone-too"}] * 450})
        self.shop.ok("privacy.erase", {"member": member, "reason": "asked"})
        self.until([], lambda: self.shop.ok("system.job.list").get("jobs", []), "jobs that run")
        self.assertNotIn('"gone-too"', self.dump())

    def test_erasing_takes_what_is_too_much_of_all_her_ids(self):
        phones = ["+86%d" % next(self.phones) for _ in range(3)]
        ids = [self.member(phone=phone) for phone in phones]
        persons = [self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"] for phone in phones]
        for member, person in zip(ids, persons):
            self.shop.ok("insight.behaviour.add", {"rows": [{"member": member, "kind": "page", "subject": "gone-of-all"}] * 150})
            if person != persons[0]:
                self.shop.ok("identity.person.merge", {"from": person, "into": persons[0], "reason": "same"})
        self.shop.ok("privacy.erase", {"member": ids[1], "reason": "asked"})
        self.until([], lambda: self.shop.ok("system.job.list").get("jobs", []), "jobs that run")
        dump = self.dump()
        self.assertNotIn('"gone-of-all"', dump)
        self.assertEqual([line for member in ids for line in self.rows_of(member, dump)], [])

    def test_nothing_comes_back_of_an_erased_member(self):
        member, other = self.member(), self.member()
        self.product("BACK", price=500, stock=10, brand="back-brand")
        order = self.buy(member, ("BACK", 1))
        self.shop.ok("privacy.erase", {"member": member, "reason": "asked"})
        self.refused(400, "bad_input", "rows[0].member", "insight.behaviour.add", {"rows": [{"member": member, "kind": "page"}]})
        self.shop.ok("orders.return", {"location": "store-1", "reason": "r", "lines": [{"order": order["id"], "line": 1, "qty": 1000}]})
        self.buy(other, ("BACK", 1))
        self.wait_orders(other, 1)
        dump = self.dump()
        self.assertNotEqual(self.rows_of(other, dump), [])
        self.assertEqual(self.rows_of(member, dump), [])

    def rows_of(self, member, dump):
        tables = ('"insight.member"', '"insight.bought"')
        return [line for line in dump.splitlines() if member in line and any(table in line for table in tables)]

    def dump(self):
        self.shop.close()
        done = self.shop.run("dump", "--data", self.shop.data)
        self.shop.serve()
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


if __name__ == "__main__":
    unittest.main()
