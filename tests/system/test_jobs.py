"""Jobs, results of messages and followers of every event through the real program, with a plugin built as a partner would."""

import os
import subprocess
import time
import unittest

import merx
from receiver import Receiver


class Chores(unittest.TestCase):
    def begin(self, *args):
        shop = merx.Shop()
        self.addCleanup(shop.stop)
        plugins = os.path.join(shop.folder, "plugins")
        os.mkdir(plugins, 0o755)
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", "-fPIC", "-shared", "-fvisibility=hidden",
                        "-I" + os.path.join(merx.ROOT, "include"), "-o", os.path.join(plugins, "chores.so"),
                        os.path.join(os.path.dirname(os.path.abspath(__file__)), "chores.c")], check=True, timeout=60)
        self.args = ["--plugins", plugins, "--plugin", "chores", *args]
        shop.init()
        shop.serve(args=self.args)
        return shop

    def again(self, shop):
        shop.kill()
        shop.serve(args=self.args)

    def until(self, what, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = what()
            if answer:
                return answer
            time.sleep(0.01)
        self.fail("it did not come to that")

    def job(self, shop):
        jobs = shop.ok("system.job.list")["jobs"]
        return jobs[0] if jobs else None

    def further(self, shop, than):
        return self.until(lambda: (job := self.job(shop))["done"] > than and job)

    def test_a_job_rests_and_goes_on_over_restarts_until_it_is_cancelled(self):
        shop = self.begin()
        shop.ok("chores.start", {"number": 10**9})
        job = self.further(shop, 0)
        self.assertEqual((job["job"], job["total"], job["paused"], job["stopped"]), ("chores.walk", 10**9, False, False))
        self.again(shop)  # it goes on by itself
        self.further(shop, job["done"])
        shop.ok("system.job.pause", {"id": job["id"]})
        rests = self.job(shop)
        self.assertTrue(rests["paused"])
        self.again(shop)
        shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})  # the writer had work, but not this
        self.assertEqual(self.job(shop), rests)
        self.assertEqual(shop.ok("chores.sum")["steps"], rests["done"])
        shop.ok("system.job.resume", {"id": job["id"]})
        self.further(shop, rests["done"])
        shop.ok("system.job.cancel", {"id": job["id"]})
        self.assertIsNone(self.job(shop))
        steps = shop.ok("chores.sum")["steps"]
        self.assertGreater(steps, rests["done"])
        self.again(shop)
        self.assertIsNone(self.job(shop))
        self.assertEqual(shop.ok("chores.sum")["steps"], steps)
        for op in ("pause", "resume", "cancel", "retry"):
            self.assertEqual(shop.call("system.job." + op, {"id": job["id"]})[0], 404)
        cashier = shop.make_key("cashier")
        self.assertEqual(shop.call("system.job.cancel", {"id": job["id"]}, key=cashier)[0], 403)

    def test_each_step_counts_once_whatever_is_killed(self):
        shop = self.begin()
        for number in range(3):
            shop.ok("chores.start", {"number": 200})
            self.until(lambda: shop.ok("chores.sum")["steps"] > number * 200)
            self.again(shop)
            self.until(lambda: not self.job(shop))
            self.assertEqual(shop.ok("chores.sum")["steps"], (number + 1) * 200)
        self.until(lambda: shop.ok("chores.sum")["heard"] == 600)  # the follower, too, over the same kills
        others = shop.ok("chores.sum")["others"]
        shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
        shop.ok("catalog.product.put", {"sku": "A", "name": {"en": "Tea"}, "price": 100, "unit": "piece", "category": "tea", "tax_ppm": 0})
        self.until(lambda: shop.ok("chores.sum")["others"] > others)
        self.assertEqual(shop.ok("chores.sum")["heard"], 600)
        self.assertEqual(shop.close(), 0)
        self.assertEqual(shop.verify().returncode, 0)

    def test_what_became_of_a_message_is_told_once(self):
        with Receiver() as receiver:
            shop = self.begin("--allow", receiver.place)
            shop.ok("chores.post", {"url": receiver.url + "/in"})
            self.until(lambda: shop.ok("chores.sum")["delivered"] == 1)
            receiver.answer = 410
            shop.ok("chores.post", {"url": receiver.url + "/in"})
            self.until(lambda: shop.ok("chores.sum")["gave_up"] == 1)
            self.again(shop)
            sums = shop.ok("chores.sum")
            self.assertEqual((sums["delivered"], sums["gave_up"]), (1, 1))
            self.assertEqual([item["kind"] for item in shop.ok("system.work.list")["items"]], ["outbox.dead"])
            self.assertEqual(shop.call("chores.posted", {})[0], 404)  # nobody outside calls it


if __name__ == "__main__":
    unittest.main()
