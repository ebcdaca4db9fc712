"""A shop of data format 1, made by the program of that time, under today's program."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import merx

FROZEN = os.path.join(merx.ROOT, "tests", "data", "format1")


class Upgrade(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="merx-test-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = os.path.join(self.folder, "shop")

    def thaw(self):
        shutil.rmtree(self.data, ignore_errors=True)
        os.mkdir(self.data, 0o700)
        with gzip.open(os.path.join(FROZEN, "data.mdb.gz")) as packed, open(os.path.join(self.data, "data.mdb"), "wb") as file:
            shutil.copyfileobj(packed, file)
        with open(os.path.join(self.data, "format"), "w") as file:
            file.write("merx-data 1\n")
        shutil.copy(os.path.join(FROZEN, "shop.key"), self.data + ".key")
        os.chmod(self.data + ".key", 0o600)

    def run_merx(self, *args, env=None):
        return subprocess.run([merx.PROGRAM, *args], capture_output=True, text=True, timeout=120, env=dict(os.environ, **(env or {})))

    def dump(self):
        """-> {(table, key): value}, without what the kernel writes about formats and tables"""
        done = self.run_merx("dump", "--data", self.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.records(done.stdout)

    @staticmethod
    def records(text):
        rows = [json.loads(line) for line in text.splitlines()]
        return {(row["table"], row["key"]): row["value"] for row in rows}

    def frozen(self):
        with gzip.open(os.path.join(FROZEN, "dump.jsonl.gz"), "rt") as file:
            return self.records(file.read())

    def must_hold_the_same(self):
        before, now = self.frozen(), self.dump()
        shop = ("kernel.meta", "shop".encode().hex())
        for place, value in before.items():
            if place == shop:
                self.assertEqual(now[place], dict(value, format=2))
            elif place == ("kernel.meta", "next".encode().hex() + 12 * "0"):
                self.assertGreaterEqual(now[place]["id"], value["id"])  # where the next table goes
            elif place[0] == "kernel.meta":
                self.assertEqual(now[place].get("id"), value.get("id"), place)  # new tables and indexes may come
            elif isinstance(value, dict) and isinstance(now.get(place), dict):  # counters of packed records that came since read as 0
                self.assertEqual({name: now[place].get(name) for name in value}, value, place)
                self.assertEqual({name: number for name, number in now[place].items() if name not in value and number}, {}, place)
            else:
                self.assertEqual(now.get(place), value, place)
        with open(os.path.join(self.data, "format")) as file:
            self.assertEqual(file.read(), "merx-data 2\n")
        times = [value["at"] for (table, _), value in before.items() if table == "kernel.log" and isinstance(value, dict)]
        high = now[("kernel.meta", "log".encode().hex())]["high"]
        self.assertGreaterEqual(high, max(times, default=1))
        done = self.run_merx("verify", "--data", self.data)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_record_is_there_and_the_shop_sells(self):
        self.thaw()
        self.must_hold_the_same()
        shop = merx.Shop(folder=self.folder)
        self.addCleanup(shop.stop)
        with open(os.path.join(FROZEN, "owner.txt")) as file:
            shop.owner_key = file.read().strip()
        shop.serve()
        orders = shop.ok("orders.list", {"location": "store-1", "limit": 500})["orders"]
        self.assertEqual(len(orders), 12)
        shop.ok("orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 1000}],
                                 "tenders": [{"kind": "cash", "amount": 1990}]})
        self.assertEqual(shop.verify().returncode, 0)
        self.give_back_old_points(shop, orders)
        self.spend_old_points(shop, orders)

    def give_back_old_points(self, shop, orders):
        """A sale of that time has a lot for each run, one of today has one for all of it: returns find both, to the point."""
        old = next(order for order in orders if order.get("member") and order["points_earned"] and order["state"] == "paid")
        new = shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": old["member"],
                                       "lines": [{"sku": "TEA", "qty": 1000}] * 2, "tenders": [{"kind": "cash", "amount": 2 * 1990}]})["order"]
        for order in (old, new):
            line = next(line for line in shop.ok("orders.get", {"id": order["id"]})["order"]["lines"] if line["points"])
            before = shop.ok("loyalty.points.balance", {"member": old["member"]})["points"]
            back = shop.ok("orders.return", {"location": "store-1", "reason": "r", "lines": [
                {"order": order["id"], "line": line["line"], "qty": line["qty"] - line["returned"]}]})["return"]
            self.assertEqual(back["points_reversed"], line["points"])
            self.assertEqual(shop.ok("loyalty.points.balance", {"member": old["member"]})["points"], before - line["points"])
        self.assertEqual(shop.verify().returncode, 0)

    def spend_old_points(self, shop, orders):
        """Lots of that time are found, in their order, when points are taken."""
        member = next(order["member"] for order in orders if order.get("member") and order["points_earned"])
        before = shop.ok("loyalty.points.balance", {"member": member})
        self.assertGreater(before["available"], 1)
        taken = before["available"] - 1
        shop.ok("loyalty.points.adjust", {"member": member, "points": -taken, "reason": "spent"})
        after = shop.ok("loyalty.points.balance", {"member": member})
        self.assertEqual((after["points"], len(after["lots"])), (1, 1))
        self.assertEqual(after["lots"][0]["order"], before["lots"][0]["order"])  # the newest one is the last to go
        self.assertEqual(shop.verify().returncode, 0)

    @unittest.skipUnless(merx.has_faults(), "needs fault points")
    def test_killed_at_every_point(self):
        killed = 0
        for point in ("store.upgrade", "store.apply", "store.commit", "store.committed"):
            for n in range(1, 4):
                self.thaw()
                done = self.run_merx("dump", "--data", self.data, env={"MERX_FAULT": "%s:%d!" % (point, n)})
                killed += done.returncode == -9
                self.must_hold_the_same()
        self.assertGreaterEqual(killed, 5)

    def test_a_backup_before_the_upgrade_changes_nothing(self):
        self.thaw()
        backup = os.path.join(self.folder, "b")

        def files():
            content = {}
            for name in ("data.mdb", "format"):
                with open(os.path.join(self.data, name), "rb") as file:
                    content[name] = file.read()
            return content

        before = files()
        done = self.run_merx("backup", "--data", self.data, "--out", backup)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("data format 1,", done.stdout)
        self.assertEqual(files(), before)
        shutil.rmtree(self.data)
        done = self.run_merx("restore", "--data", self.data, "--from", backup)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.must_hold_the_same()

    def test_an_older_program_is_told_apart(self):
        self.thaw()
        with open(os.path.join(self.data, "format"), "w") as file:
            file.write("merx-data 3\n")
        done = self.run_merx("dump", "--data", self.data)
        self.assertEqual(done.returncode, 1)
        self.assertIn("format 3", done.stderr)
        self.assertEqual(sorted(os.listdir(self.data)), ["data.mdb", "format"])


if __name__ == "__main__":
    unittest.main()
