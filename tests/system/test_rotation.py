"""Rotation: keys with an overlap, and the epochs under which persons' keys are wrapped, killed wherever it hurts."""

import http.client
import os
import shutil
import time
import unittest

import merx


class Rotation(unittest.TestCase):
    def start(self, **more):
        shop = merx.Shop.start(**more)
        self.addCleanup(shop.stop)
        return shop

    def epochs(self, shop):
        with open(shop.data + ".key") as file:
            return [int(line.split()[1]) for line in file if line.startswith("epoch ")]

    def join(self, shop, count):
        return [shop.ok("membership.join", {"phone": "138%08d" % i, "name": "Li %d" % i})["member"]["id"] for i in range(count)]

    def readable(self, shop, members):
        return [shop.ok("membership.get", {"id": member})["member"].get("phones") for member in members]

    def wait(self, shop, until):
        end = time.monotonic() + 30
        while not until() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertTrue(until(), (self.epochs(shop), shop.ok("system.job.list")))

    def test_a_key_is_replaced_with_an_overlap(self):
        shop = self.start()
        principal = shop.ok("identity.principal.put", {"role": "cashier", "name": "web"})["principal"]["id"]
        first = shop.ok("identity.key.create", {"principal": principal})["key"]["id"]
        old = shop.ok("identity.key.reveal", {"id": first}, idem=False)["text"]
        status = lambda key: shop.call("identity.approval.pending", {}, key=key)[0]
        second = shop.ok("identity.key.rotate", {"id": first, "overlap_hours": 24})["key"]
        new = shop.ok("identity.key.reveal", {"id": second["id"]}, idem=False)["text"]
        self.assertEqual((second["principal"], status(old), status(new)), (principal, 200, 200))
        keys = {key["id"]: key for key in shop.ok("identity.key.list", {"principal": principal})["keys"]}
        self.assertGreater(keys[first]["until"], keys[first]["created"] + 23 * 3600000)
        self.assertEqual(keys[second["id"]].get("until", 0), 0)
        third = shop.ok("identity.key.rotate", {"id": second["id"]})["key"]["id"]
        self.assertEqual((status(new), status(shop.ok("identity.key.reveal", {"id": third}, idem=False)["text"])), (401, 200))
        self.assertEqual(shop.call("identity.key.rotate", {"id": second["id"]})[1]["code"], "key_over")
        self.assertEqual(shop.call("identity.key.rotate", {"id": third, "overlap_hours": 721})[1]["field"], "overlap_hours")
        brief = shop.ok("identity.key.create", {"principal": principal, "until": int(time.time() * 1000) + 3600000})["key"]
        self.assertEqual(status(shop.ok("identity.key.reveal", {"id": brief["id"]}, idem=False)["text"]), 200)
        self.assertGreater(brief["until"], brief["created"])
        self.assertEqual(shop.call("identity.key.create", {"principal": principal, "until": 1000})[1]["field"], "until")
        mine = [key["id"] for key in shop.ok("identity.key.list")["keys"] if key["principal"] != principal][0]
        refused, answer = shop.call("identity.key.rotate", {"id": mine})
        self.assertEqual((refused, answer["code"]), (409, "own_key"), "nobody could fetch the new one")
        shop.ok("identity.key.rotate", {"id": mine, "overlap_hours": 1})
        self.assertEqual(shop.call("identity.approval.pending", {})[0], 200)

    def test_everybody_is_wrapped_anew_once_a_day(self):
        shop = self.start()
        members = self.join(shop, 210)
        before = self.readable(shop, members[:5])
        state = shop.ok("identity.epoch.rotate")
        self.assertTrue(state["running"])
        self.wait(shop, lambda: self.epochs(shop) == [2] and not shop.ok("system.job.list")["jobs"])
        self.assertEqual(self.readable(shop, members[:5]), before)
        again = shop.ok("identity.epoch.rotate")
        self.assertEqual((again["running"], again["at"] > state["at"] + 23 * 3600000, self.epochs(shop)), (False, True, [2]))
        self.assertEqual(shop.verify().returncode, 0, shop.verify().stdout)
        shop.close()
        shop.serve()
        self.assertEqual(self.readable(shop, members[:5]), before)

    def test_an_older_key_file_is_refused(self):
        shop = self.start()
        self.join(shop, 1)
        shutil.copy(shop.data + ".key", shop.data + ".old")
        shop.ok("identity.epoch.rotate")
        self.wait(shop, lambda: self.epochs(shop) == [2])
        shop.close()
        os.replace(shop.data + ".key", shop.data + ".new")
        os.replace(shop.data + ".old", shop.data + ".key")
        done = shop.run("verify", "--data", shop.data)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("key file", done.stdout + done.stderr)
        os.replace(shop.data + ".new", shop.data + ".key")
        shop.serve()

    @unittest.skipUnless(merx.has_faults(), "needs fault points")
    def test_killed_at_every_point_it_goes_on(self):
        first = self.start()
        members = self.join(first, 210)
        before = self.readable(first, members[::50])
        first.close()
        for fault in ("epoch.begin:1!", "epoch.rewrap:1!", "epoch.rewrap:2!", "epoch.drop:1!", "keys.write:1!", "keys.write:2!",
                      "keys.moved:1!", "keys.moved:2!"):
            with self.subTest(fault):
                shop = merx.Shop()
                self.addCleanup(shop.stop)
                shop.owner_key = first.owner_key
                shutil.copytree(first.data, shop.data)
                shutil.copy(first.data + ".key", shop.data + ".key")
                shop.serve(env={"MERX_FAULT": fault})
                try:
                    shop.call("identity.epoch.rotate", {}, idem="rotate")
                except (OSError, http.client.HTTPException):
                    pass
                end = time.monotonic() + 30
                while "ended by signal 9" not in shop.log_text() and time.monotonic() < end:
                    time.sleep(0.01)
                self.assertLess(time.monotonic(), end, "it was not killed: " + shop.log_text())
                shop.close()
                shop.serve()
                shop.call("identity.epoch.rotate", {}, idem="rotate")
                # Killed before the command itself was durable, the rotation that is asked for again begins one epoch more.
                self.wait(shop, lambda: self.epochs(shop) in ([2], [3]) and not shop.ok("system.job.list")["jobs"])
                self.assertEqual(self.readable(shop, members[::50]), before)
                self.assertEqual(shop.verify().returncode, 0)
                shop.stop()


if __name__ == "__main__":
    unittest.main()
