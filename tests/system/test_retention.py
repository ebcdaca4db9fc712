"""S3-6: the daily round goes kind by kind: one that is refused ends no other, and what law wants is looked at each time. S0-31: who she is
may change while an export is gathered."""

import glob
import json
import os
import shutil
import subprocess
import threading
import time
import unittest

import consents
import merx

DAY = 24 * 3600 * 1000


class Keeper(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        cls.shop = merx.Shop()
        cls.addClassCleanup(cls.shop.stop)
        plugins = os.path.join(cls.shop.folder, "plugins")
        os.mkdir(plugins, 0o755)
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", "-fPIC", "-shared", "-fvisibility=hidden",
                        "-I" + os.path.join(merx.ROOT, "include"), "-o", os.path.join(plugins, "keeper.so"),
                        os.path.join(os.path.dirname(os.path.abspath(__file__)), "keeper.c")], check=True, timeout=60)
        for built in glob.glob(os.path.join(os.path.dirname(merx.PROGRAM), "plugins", "*.so")):
            shutil.copy(built, plugins)
        cls.shop.init()
        cls.door = os.path.join(cls.shop.folder, "door")
        cls.shop.serve(args=["--plugins", plugins, "--plugin", "keeper"], env={"KEEPER_DOOR": cls.door})
        cls.shop.ok("shop.settings.put", {"practice": True})

    def later(self, days):
        self.shop.ok("shop.clock.advance", {"ms": days * DAY})

    def until(self, what):
        end = time.monotonic() + 20
        while not what() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertTrue(what())


class Retention(Keeper):
    def kind(self, name):
        return next(kind for kind in self.shop.ok("privacy.register")["kinds"] if kind["name"] == name)

    def work(self):
        return [(item["subject"], item["text"]) for item in self.shop.ok("system.work.list")["items"] if item["kind"] == "privacy.retention"]

    def keep(self, name, days):
        self.shop.ok("privacy.retention.put", {"name": name, "days": days})

    def test_one_kind_that_is_refused_ends_no_other(self):
        member = self.shop.ok("membership.join", {"phone": "13700000001", "name": "Old One"})["member"]["id"]
        consents.agree(self.shop, member)
        self.shop.ok("keeper.set", {})
        self.keep("privacy.word", 1100)
        self.keep("idle", 1500)
        self.keep("keeper.grudge", 10)
        self.until(self.work)
        (subject, text), = self.work()
        self.assertEqual(subject, "keeper.grudge")
        self.assertIn("The grudge is still needed.", text)
        self.assertEqual(self.kind("keeper.grudge")["refused"], "The grudge is still needed.")
        self.assertFalse(self.kind("keeper.grudge").get("done"))
        self.later(1101)
        self.until(lambda: not self.shop.ok("privacy.consent.list", {"member": member})["history"])
        self.later(400)
        self.until(lambda: self.shop.call("membership.find", {"phone": "13700000001"})[0] == 404)
        self.assertEqual(len(self.work()), 1)
        self.shop.ok("keeper.set", {"lets_go": True})
        self.later(1)
        self.until(lambda: not self.work())
        self.assertFalse(self.kind("keeper.grudge").get("refused"))
        self.assertTrue(self.kind("keeper.grudge")["done"])
        self.assertEqual(self.shop.verify().returncode, 0, self.shop.verify().stdout)

    def test_who_keeps_it_without_end_again_needs_nobody_to_look(self):
        self.shop.ok("keeper.set", {})
        self.keep("keeper.grudge", 10)
        self.until(self.work)
        self.keep("keeper.grudge", 0)
        self.assertEqual(self.work(), [])

    def test_one_customer_who_cannot_be_forgotten_keeps_no_other(self):
        phones = ["1370000003%d" % number for number in range(3)]
        members = [self.shop.ok("membership.join", {"phone": phone, "name": "Far Away"})["member"]["id"] for phone in phones]
        person = self.shop.ok("identity.person.find", {"kind": "phone", "value": phones[0]})["person"]
        self.shop.ok("keeper.set", {"lets_go": True, "clings_to": person})
        self.keep("idle", 1500)
        self.later(1600)
        known = lambda: [phone for phone in phones if self.shop.call("membership.find", {"phone": phone})[0] == 200]
        self.until(lambda: known() == phones[:1] and self.work())
        (subject, text), = self.work()
        self.assertEqual(subject, "idle")
        self.assertIn(members[0], text)
        self.assertIn("This one is not let go of.", text)
        self.shop.ok("keeper.set", {"lets_go": True})
        self.later(2)
        self.until(lambda: not known() and not self.work())
        self.keep("idle", 0)

    def test_what_nobody_says_any_more_that_he_keeps_needs_nobody_to_look(self):
        self.shop.ok("keeper.set", {})
        self.keep("keeper.grudge", 10)
        self.until(self.work)
        self.shop.ok("keeper.set", {"silent": True})
        self.keep("keeper.grudge", 0)
        self.assertEqual(self.work(), [])
        self.shop.ok("keeper.set", {})
        self.refused(404, "not_found", "name", "privacy.retention.put", {"name": "keeper.nothing", "days": 0})

    def test_a_floor_that_law_has_raised_holds_in_the_next_round(self):
        notes = lambda: self.shop.ok("keeper.count")["notes"]
        self.shop.ok("keeper.set", {"law_days": 10, "lets_go": True})
        self.shop.ok("keeper.write")
        self.keep("keeper.note", 30)
        self.shop.ok("keeper.set", {"law_days": 100, "lets_go": True})
        self.assertEqual(self.kind("keeper.note")["keep_days"], 100)
        before = self.kind("keeper.note")["done"]
        self.later(50)
        self.until(lambda: self.kind("keeper.note")["done"] > before)
        self.assertEqual(notes(), 1)
        self.later(51)
        self.until(lambda: notes() == 0)
        self.shop.ok("keeper.set", {"law_days": 10, "lets_go": True})
        self.assertEqual(self.kind("keeper.note")["keep_days"], 30, "what the shop says was not forgotten")

    def test_a_round_that_could_not_begin_begins_the_next_day(self):
        notes = lambda: self.shop.ok("keeper.count")["notes"]
        self.shop.ok("keeper.set", {"law_days": 10, "lets_go": True})
        self.shop.ok("keeper.write")
        self.keep("keeper.note", 30)
        self.shop.ok("keeper.set", {"law_days": 10, "lets_go": True, "silent": True})
        self.later(1)
        self.until(self.work)
        self.assertIn("What is kept is not said today.", self.work()[0][1])
        self.assertEqual(self.work()[0][0], "round")
        self.shop.ok("keeper.set", {"law_days": 10, "lets_go": True})
        self.later(31)
        self.until(lambda: notes() == 0)
        self.until(lambda: not self.work())


class Gathering(Keeper):
    """What stands in between is the keeper's door: while it is there, the export is not gathered to its end."""

    def person(self, phone):
        return self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"]

    def joined(self, phone, name):
        return self.shop.ok("membership.join", {"phone": phone, "name": name})["member"]["id"]

    def events(self, kind):
        found, page = [], {"next": 1}
        while page.get("from") != page["next"]:
            page = dict(self.shop.ok("system.log.list", {"type": kind, "from": page["next"], "limit": 500}), **{"from": page["next"]})
            found += page["events"]
        return found

    def fetched_while(self, member, change, **as_whom):
        """Status and answer of a fetch; change() happens after it was gathered, before it is handed out."""
        asked, answers = self.shop.ok("privacy.export.ask", {"member": member}, **as_whom)["id"], []
        open(self.door, "w").close()
        client = threading.Thread(target=lambda: answers.append(self.shop.call("privacy.export.fetch", {"id": asked}, **as_whom)))
        client.start()
        try:
            self.until(lambda: os.path.exists(self.door + ".waits"))
            change()
        finally:
            os.remove(self.door)
            client.join()
            os.remove(self.door + ".waits")
        return asked, answers[0]

    def test_an_export_says_of_what_there_is_more(self):
        member = self.joined("13700000021", "Much Ado")
        asked, (status, answer) = self.fetched_while(member, lambda: None)
        self.assertEqual((status, answer["more"]), (200, ["keeper"]), answer)
        self.assertEqual(self.shop.ok("privacy.export.fetch", {"id": asked})["more"], [])

    def test_who_was_taken_apart_meanwhile_is_not_shown_the_other(self):
        member, _ = self.joined("13700000022", "Her Self"), self.joined("13700000023", "Somebody Else")
        merge = self.shop.ok("identity.person.merge", {"from": self.person("13700000023"), "into": self.person("13700000022"),
                                                       "reason": "same hand"})["merge"]
        apart = lambda: self.shop.ok("identity.person.unmerge", {"merge": merge if isinstance(merge, str) else merge["id"]})
        asked, (status, answer) = self.fetched_while(member, apart)
        self.assertEqual((status, answer["code"]), (409, "conflict"), answer)
        again = json.dumps(self.shop.ok("privacy.export.fetch", {"id": asked}))
        self.assertIn("Her Self", again)
        self.assertNotIn("Somebody Else", again)

    def test_who_was_forgotten_meanwhile_is_not_shown(self):
        member = self.joined("13700000024", "For Gotten")
        _, (status, answer) = self.fetched_while(member, lambda: self.shop.ok("privacy.erase", {"member": member, "reason": "she asked"}))
        self.assertEqual((status, answer["code"]), (404, "not_found"), answer)
        self.assertNotIn("For Gotten", json.dumps(answer))

    def test_who_may_read_in_clear_since_it_was_gathered_is_noted_all_the_same(self):
        let = lambda *rights: self.shop.ok("identity.role.put", {"code": "archivist", "permissions": ["privacy.export", *rights]})
        member = self.joined("13700000025", "Clear Ly")
        let()
        before = len(self.events("system.pii.shown"))
        _, (status, answer) = self.fetched_while(member, lambda: let("pii.read"), key=self.shop.make_key("archivist"))
        self.assertEqual(status, 200, answer)
        self.assertIn("Clear Ly", json.dumps(answer))
        self.assertEqual([event["data"]["op"] for event in self.events("system.pii.shown")[before:]], ["privacy.export.fetch"])


if __name__ == "__main__":
    unittest.main()
