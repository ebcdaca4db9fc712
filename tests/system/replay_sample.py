"""The sample of real receipts goes through the shop without a thousandth or a piece unaccounted for."""

import json
import os
import subprocess
import sys
import unittest

import merx


class ReplaySample(unittest.TestCase):
    def test_every_total_equals_the_file(self):
        done = subprocess.run([sys.executable, os.path.join(merx.ROOT, "tools", "replay"), os.path.join(merx.ROOT, "tests", "data", "online-retail")],
                              capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        result = json.loads(done.stdout.strip().splitlines()[-1])
        self.assertEqual((result["invoices"], result["sales"], result["returns"], result["lines"]), (475, 414, 61, 7814))
        self.assertEqual(result["net_thousandths"], result["expected_thousandths"])


if __name__ == "__main__":
    unittest.main()
