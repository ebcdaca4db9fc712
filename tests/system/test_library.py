"""The promotions that the product ships: they compile, their tests hold, alone and all together, and every kind is among them."""

import glob
import json
import os
import re
import subprocess
import unittest

import merx

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts")
LIBRARY = sorted(glob.glob(os.path.join(ROOT, "library", "*.lua")))
SAMPLES = sorted(glob.glob(os.path.join(ROOT, "samples", "online-retail", "*.lua")))
KINDS = ("percent", "amount", "price", "prices", "buy", "nth", "steps", "spend", "repeats", "bundle", "mix", "gift", "get", "expiry", "points",
         "points_times", "group_buy", "bargain", "shipping", "tender", "coupon", "segment", "limit", "offers", "when", "lines")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def rules(verb, *files):
    return subprocess.run([merx.PROGRAM, "rules", verb, "--json", *files], capture_output=True, text=True, timeout=300)


class Library(unittest.TestCase):
    def run_tests(self, *files):
        done = rules("test", *files)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_every_file_stands_alone(self):
        for path in LIBRARY + SAMPLES:
            with self.subTest(file=os.path.basename(path)):
                answer = self.run_tests(path)
                self.assertEqual(answer["failed"], 0)
                self.assertGreater(answer["passed"], 0)

    def test_all_files_stand_together(self):
        answer = self.run_tests(*LIBRARY)
        self.assertEqual((answer["failed"], answer["passed"]), (0, sum(len(re.findall(r"(?m)^test\(", read(path))) for path in LIBRARY)))

    def test_nothing_in_it_is_doubtful(self):
        for path in LIBRARY:
            with self.subTest(file=os.path.basename(path)):
                done = rules("check", path)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                findings = json.loads(done.stdout).get("findings", [])
                self.assertEqual([one for one in findings if one["code"] != "ended"], [])  # examples with a date grow old

    def test_it_covers_every_kind_in_two_languages(self):
        texts = [read(path) for path in LIBRARY]
        promotions = [part for text in texts for part in re.findall(r"(?ms)^promotion \{.*?^\}", text)]
        self.assertGreaterEqual(len(promotions), 25)
        for promotion in promotions:
            self.assertRegex(promotion, r'name = \{ en = "[^"]+", zh = "[^"]*[\u4e00-\u9fff][^"]*" \}')
        for kind in KINDS:
            self.assertTrue(any(re.search(r"(?m)^  %s = " % kind, promotion) for promotion in promotions), kind)
        for path, text in zip(LIBRARY, texts):
            self.assertTrue(text.startswith("-- "), path)


if __name__ == "__main__":
    unittest.main()
