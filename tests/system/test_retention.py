"""S3-6: the daily round goes kind by kind: one that is refused ends no other, and what law wants is looked at each time."""

import glob
import os
import shutil
import subprocess
import time
import unittest

import consents
import merx

DAY = 24 * 3600 * 1000


class Retention(merx.ShopTest):
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
        cls.shop.serve(args=["--plugins", plugins, "--plugin", "keeper"])
        cls.shop.ok("shop.settings.put", {"practice": True})

    def later(self, days):
        self.shop.ok("shop.clock.advance", {"ms": days * DAY})

    def until(self, what):
        end = time.monotonic() + 20
        while not what() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertTrue(what())

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


if __name__ == "__main__":
    unittest.main()
