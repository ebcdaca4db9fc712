"""Long files: 20,000 customers in one file of several parts, in steps between the tills' commands (S0-19)."""

import time
import unittest

import merx
from test_intake import IntakeTest

ROWS = merx.fewer(20000, 1500)
PART_ROWS = merx.fewer(8000, 600)


class Long(IntakeTest):
    def ended(self, run, states=("done", "undone")):
        end = time.monotonic() + 300
        while time.monotonic() < end:
            shown = self.shop.ok("intake.run.get", {"run": run}, idem=False)["run"]
            if shown["state"] in states:
                return shown
            time.sleep(0.1)
        self.fail(shown)

    def memory(self):
        """KiB that all processes of the shop hold."""
        pid = self.shop.process.pid
        with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
            pids = [str(pid)] + file.read().split()
        total = 0
        for pid in pids:
            with open("/proc/%s/status" % pid) as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("RssAnon"))
        return total

    def send(self, rows):
        parts = [rows[i:i + PART_ROWS] for i in range(0, len(rows), PART_ROWS)]
        run = self.shop.ok("intake.run", {"mapping": "tmall-customers", "data": self.customers(*parts[0]), "parts": len(parts)})["run"]["id"]
        for place, part in enumerate(parts[1:], 2):
            data = "".join(",".join(row) + "\n" for row in part)
            self.shop.ok("intake.run", {"mapping": "tmall-customers", "run": run, "part": place, "parts": len(parts), "data": data})
        return self.ended(run)

    def test_a_file_of_20000_customers(self):
        """S0-19: read in bounded memory, once, and the till sells meanwhile."""
        rows = [("big-%d" % i, "+8613%09d" % (500000000 + i), "", "Customer %d" % i) for i in range(ROWS)]
        self.run_file("tmall-customers", self.customers(("warm", "+8613900000001", "", "Warm")))
        before = self.memory()
        run = self.send(rows)
        self.assertEqual((self.counts(run), run["rows"]), ({"fresh": ROWS}, ROWS), self.errors(run))
        self.assertTrue(self.found("+8613%09d" % (500000000 + ROWS - 1)))
        if not merx.SLOW:  # a sanitizer keeps what is freed
            self.assertLess(self.memory() - before, 48 << 10)
        again = self.send(rows[:PART_ROWS])
        self.assertEqual((self.counts(again), again["made"]), ({"same": min(ROWS, PART_ROWS)}, 0))


if __name__ == "__main__":
    unittest.main()
