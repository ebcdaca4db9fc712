"""merx rules: a merchant tries rule files from the command line, before anybody else sees them.

S2-7: check, test, backtest and hunt, in a served shop, in a closed one, and without any."""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import merx

TEA = """
promotion { id = "tea-10", name = { en = "Tea 10 % off" }, where = { category = "tea" }, percent = 10 }
property(hunt.never_below_cost)
test("tea is cheaper", function(t)
    t.equal(#t.offers("tea-10", { lines = { { sku = "T", category = "tea", unit_price = 1000 } } }), 1)
end)
"""


def run(*args, key=None, timeout=120):
    env = {name: value for name, value in os.environ.items() if name != "MERX_KEY"}
    if key:
        env["MERX_KEY"] = key
    return subprocess.run([merx.PROGRAM, "rules", *args], capture_output=True, text=True, timeout=timeout, env=env)


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = shop = merx.Shop()
        cls.addClassCleanup(shop.stop)
        shop.init(zone="UTC")
        shop.serve(args=["--rules", os.path.join(shop.folder, "no-rules")])
        shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
        shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 1000, "unit": "piece", "category": "tea", "tax_ppm": 0})
        shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "TEA", "qty": 900000, "cost": 950}]})
        for pieces in (1, 2, 3):
            shop.ok("orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": pieces * 1000}],
                                     "tenders": [{"kind": "cash", "amount": 10000}]})
        cls.tea = cls.write("tea.lua", TEA)

    @classmethod
    def write(cls, name, text):
        path = os.path.join(cls.shop.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def served(self, *args):
        return run(*args, "--data", self.shop.data, key=self.shop.owner_key)

    def test_the_report_of_a_backtest_can_be_read(self):
        done = self.served("backtest", self.tea)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("3 receipts from ", done.stdout)
        self.assertRegex(done.stdout, r"total +60\.00 +54\.00 +-6\.00")
        self.assertRegex(done.stdout, r"margin +3\.00 +-3\.00 +-6\.00")
        self.assertIn("3 receipts change (100.0 %): 3 get cheaper, 0 get dearer", done.stdout)
        self.assertRegex(done.stdout, r"tea-10 +3 +6\.00")
        self.assertIn("The 3 largest differences", done.stdout)
        self.assertEqual(self.shop.ok("rules.draft.list")["drafts"], [])

    def test_the_same_as_json(self):
        done = self.served("backtest", self.tea, "--json", "--from", "2026-01-01", "--store", "store-1")
        report = json.loads(done.stdout)
        for name in ("receipts", "seconds", "discount_before", "discount_after", "changed", "dearer", "largest", "budget_out"):
            self.assertIn(name, report)
        self.assertEqual((report["receipts"], report["discount_after"]), (3, 600))
        self.assertAlmostEqual(report["seconds"], report["ms"] / 1000)

    def test_what_is_hunted_is_shown_small(self):
        done = self.served("hunt", self.tea, "--seed", "3", "--carts", "200")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('BROKEN "hunt.never_below_cost" (tea.lua:3)', done.stdout)
        self.assertIn("TEA goes for 9.00 without tax, and the shop paid 9.50 for it.", done.stdout)
        self.assertIn("    1 x TEA at 10.00\n", done.stdout)

    def test_without_a_shop_rules_are_checked_in_an_empty_one(self):
        before = {name for name in os.listdir("/tmp") if name.startswith("merx-rules-")}
        done = run("check", self.tea)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("0 errors", done.stdout)
        done = run("test", self.tea)
        self.assertEqual((done.returncode, done.stdout), (0, "ok   tea.lua:4 tea is cheaper\n1 passed, 0 failed\n"))
        done = run("hunt", self.tea, "--carts", "300")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual({name for name in os.listdir("/tmp") if name.startswith("merx-rules-")} - before, set())

    def test_what_is_wrong_makes_it_fail(self):
        done = run("check", self.write("broken.lua", "promotion { id = 'x', percentage = 10 }\n"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("broken.lua:1: error:", done.stdout)
        self.assertIn("percentage", done.stdout)
        done = run("test", self.write("fails.lua", "test('never', function(t) t.ok(false, 'it is not so') end)\n"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("FAIL fails.lua:1 never", done.stdout)
        self.assertIn("it is not so", done.stdout)

    def test_several_files_are_one_draft(self):
        other = self.write("more.lua", "promotion { id = 'tea-5', name = { en = 'Tea' }, where = { category = 'tea' }, percent = 5 }\n")
        report = json.loads(self.served("backtest", self.tea, other, "--json").stdout)
        self.assertEqual({row["rule"] for row in report["by_rule"]}, {"tea-10", "tea-5"})

    def test_the_command_line_is_checked(self):
        for args, words in ((("backtest", self.tea), "give --data DIR or --url URL"), ((), "check, test, backtest or hunt"),
                            (("check",), "Name the rule files"), (("check", "--seed", "3", self.tea), "for hunt"),
                            (("test", "--from", "2026-01-01", self.tea), "for backtest"), (("hunt", "--seed", "x", self.tea), "whole number"),
                            (("check", self.tea, os.path.join(self.shop.folder, "other", "tea.lua")), "same name"),
                            (("chekc", self.tea), "chekc is not known here"),
                            (("backtest", self.tea, "--data", "x", "--from", "soon"), "soon is no day"),
                            (("backtest", self.tea, "--data", "x", "--to", "2026-02-30"), "2026-02-30 is no day"),
                            (("backtest", self.tea, "--data", "x", "--from", "2026-02-03", "--to", "2026-02-02"), "before the day --from")):
            done = run(*args)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertIn(words, done.stderr)
        self.assertEqual(run("check", "no-such-file.lua").returncode, 1)
        self.assertIn("check|test|backtest|hunt FILE...", subprocess.run([merx.PROGRAM, "help", "rules"], capture_output=True, text=True).stdout)

    def test_refusals_are_json_too(self):
        wrong = self.write("wrong.lua", "promotion { id = 'x', percentage = 10 }\n")
        done = self.served("backtest", wrong, "--json")
        self.assertEqual(done.returncode, 1)
        self.assertIn("percentage", json.loads(done.stdout)["detail"])
        self.assertIn("percentage", done.stderr)
        done = self.served("check", self.write("wide.lua", " " * 70000), "--json")
        self.assertIn("65536 bytes", json.loads(done.stdout)["detail"])
        self.assertEqual(self.shop.ok("rules.draft.list")["drafts"], [])

    def test_what_is_no_text_is_not_mended_on_the_way(self):
        for number, bytes in enumerate((b"-- \xff", b"-- \x00")):
            path = os.path.join(self.shop.folder, "bytes-%d.lua" % number)
            with open(path, "wb") as file:
                file.write(bytes)
            done = self.served("check", self.tea, path)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("must be text in UTF-8", done.stderr)
            self.assertEqual(self.shop.ok("rules.draft.list")["drafts"], [])

    def test_whoever_reads_the_answer_may_go_away(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([merx.PROGRAM, "rules", "backtest", self.tea, "--data", self.shop.data], stdout=full, stderr=subprocess.PIPE,
                                  text=True, env=dict(os.environ, MERX_KEY=self.shop.owner_key))
        self.assertEqual((done.returncode, done.stderr), (1, "merx rules: The answer could not be written out.\n"))
        self.assertEqual(self.shop.ok("rules.draft.list")["drafts"], [])

    def test_a_key_is_needed(self):
        done = run("backtest", self.tea, "--data", self.shop.data)
        self.assertEqual(done.returncode, 1)
        self.assertIn("MERX_KEY", done.stderr)


class Closed(unittest.TestCase):
    def test_a_closed_shop_is_opened_for_it_and_closed_again(self):
        shop = merx.Shop()
        self.addCleanup(shop.stop)
        shop.init(zone="UTC")
        path = os.path.join(shop.folder, "tea.lua")
        with open(path, "w", encoding="utf-8") as file:
            file.write(TEA)
        done = run("backtest", path, "--data", shop.data, key=shop.owner_key)
        self.assertEqual((done.returncode, done.stdout.splitlines()[0]), (0, "There are no receipts in this time and place."), done.stderr)
        shop.serve()
        self.assertEqual(shop.ok("rules.draft.list")["drafts"], [])


SLOW = """promotion { id = 'slow', percent = 5, when = function(cart)
  local n = 0
  for i = 1, 4000 do n = n + i end
  return true
end }
"""


class Interrupted(unittest.TestCase):
    """Ctrl-C cancels the query and takes the draft back, at whatever moment it comes."""

    @classmethod
    def setUpClass(cls):
        # A shell starts what runs in the background with Ctrl-C ignored, and the program would leave it so.
        cls.addClassCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))
        cls.shop = shop = merx.Shop()
        cls.addClassCleanup(shop.stop)
        shop.init(zone="UTC")
        shop.serve()
        cls.path = os.path.join(shop.folder, "slow.lua")
        with open(cls.path, "w", encoding="utf-8") as file:
            file.write(SLOW)

    def hunt(self, *args, **environment):
        return subprocess.Popen([merx.PROGRAM, "rules", "hunt", self.path, "--carts", "1000000", *args], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=dict(os.environ, MERX_KEY=self.shop.owner_key, **environment))

    def wait_for(self, count):
        """Until so many queries wait or run."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            queries = self.shop.ok("system.queries.list")["queries"]
            if len(queries) == count:
                return queries
            time.sleep(0.01)
        self.fail("never %d queries" % count)

    def test_while_it_is_hunted(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            hunt = self.hunt("--data", self.shop.data)
            self.wait_for(1)
            hunt.send_signal(number)
            _, said = hunt.communicate(timeout=60)
            self.assertEqual(hunt.returncode, 1, said)
            self.assertIn("cancelled", said)
            self.assertEqual(self.shop.ok("rules.draft.list")["drafts"], [])
            self.wait_for(0)

    def test_at_any_moment(self):
        """How far it came in this time does not matter: nothing stays."""
        folder = tempfile.mkdtemp(dir=self.shop.folder)
        for place in (["--data", self.shop.data], []):
            for moment in range(merx.fewer(12, 6)):
                hunt = self.hunt(*place, TMPDIR=folder)
                time.sleep(moment * 0.02)
                hunt.send_signal(signal.SIGINT)
                _, said = hunt.communicate(timeout=60)
                self.assertIn(hunt.returncode, (1, -signal.SIGINT), said)
                self.assertEqual(self.shop.ok("rules.draft.list")["drafts"], [])
                self.assertEqual(os.listdir(folder), [])

    def test_what_somebody_else_asked_goes_on(self):
        mine = self.hunt("--data", self.shop.data)
        first = self.wait_for(1)[0]["id"]
        draft = self.shop.ok("rules.draft.put", {"name": "slow", "source": SLOW})["draft"]
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.shop.call("rules.hunt", {"draft": draft, "carts": 1000000})))
        thread.start()
        theirs = self.wait_for(2)[1]["id"]
        mine.send_signal(signal.SIGINT)
        _, said = mine.communicate(timeout=60)
        self.assertIn("cancelled", said)
        self.assertEqual([query["id"] for query in self.shop.ok("system.queries.list")["queries"] if query["id"] != first], [theirs])
        self.shop.ok("system.queries.cancel", {"id": theirs})
        thread.join()
        self.assertEqual(answers[0][1]["code"], "cancelled")
        self.shop.ok("rules.draft.drop", {"draft": draft})


if __name__ == "__main__":
    unittest.main()
