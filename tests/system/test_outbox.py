"""The outbox through the real program: nothing is lost by kills, tries follow the schedule, failures become work for a person."""

import threading
import time
import unittest

import merx
from receiver import Receiver

HOUR = 3600 * 1000
DELAYS_MS = [5000, 300000, 1800000, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]


class Outbox(unittest.TestCase):
    def shop(self, receiver, practice=True):
        shop = merx.Shop.start(serve_args=["--allow", receiver.place])
        self.addCleanup(shop.stop)
        if practice:
            shop.ok("shop.settings.put", {"practice": True})
        return shop

    def change(self, shop, number):
        shop.ok("catalog.product.put", {"sku": "A-%d" % number, "name": {"en": "Tea"}, "price": 100 + number, "unit": "piece",
                                        "category": "tea", "tax_ppm": 130000})

    def until(self, what, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = what()
            if answer:
                return answer
            time.sleep(0.01)
        self.fail("it did not come to that")

    def test_the_schedule_of_standard_webhooks_and_then_a_person(self):
        with Receiver(answer=500) as receiver:
            shop = self.shop(receiver)
            hook = shop.ok("system.webhook.create", {"url": receiver.url + "/x", "types": ["catalog.*"]})["webhook"]["id"]
            self.change(shop, 1)
            waiting = lambda: shop.ok("system.outbox.list", {"state": "waiting"})["messages"]
            for number, delay in enumerate(DELAYS_MS, 1):
                self.assertTrue(receiver.wait_requests(number))
                message = self.until(waiting)[0]
                self.assertEqual((message["tries"], message["status"]), (number, 500))
                now = shop.ok("shop.clock.get")["now"]
                left = message["next"] - now
                self.assertTrue(delay - 5000 <= left <= delay * 1.2 + 1, (number, delay, left))
                shop.ok("shop.clock.advance", {"ms": max(1, left)})
            self.assertTrue(receiver.wait_requests(10))
            dead = self.until(lambda: shop.ok("system.outbox.list", {"state": "dead"})["messages"])[0]
            self.assertEqual(dead["tries"], 10)
            ids = {headers["webhook-id"] for _, _, headers, _ in receiver.got}
            self.assertEqual(ids, {dead["id"]})
            items = shop.ok("system.work.list")["items"]
            self.assertEqual([(item["kind"], item["subject"]) for item in items], [("webhook.failing", hook)])
            receiver.answer = 200
            shop.ok("system.outbox.retry", {"id": dead["id"]})
            self.assertTrue(receiver.wait(1))
            self.until(lambda: shop.ok("system.outbox.list", {"state": "delivered"})["messages"])
            self.assertEqual(shop.ok("system.work.list")["items"], [])
            shop.ok("shop.clock.advance", {"ms": 9 * 24 * HOUR})
            self.assertEqual(shop.close(), 0)
            shop.serve(args=["--allow", receiver.place])
            self.until(lambda: not shop.ok("system.outbox.list")["messages"])

    def test_a_rest_that_was_asked_for_is_given(self):
        with Receiver(answer=lambda n: (429, {"Retry-After": "7200"}) if n == 1 else 200) as receiver:
            shop = self.shop(receiver)
            shop.ok("system.webhook.create", {"url": receiver.url, "types": ["catalog.*"]})
            self.change(shop, 1)
            message = self.until(lambda: shop.ok("system.outbox.list", {"state": "waiting"})["messages"])[0]
            self.assertGreaterEqual(message["next"] - shop.ok("shop.clock.get")["now"], 2 * HOUR - 30000)
            shop.ok("shop.clock.advance", {"ms": 2 * HOUR + 1000})
            self.assertTrue(receiver.wait(1))

    def test_closing_waits_for_no_server_that_is_silent(self):
        free = threading.Event()
        self.addCleanup(free.set)
        with Receiver(answer=lambda n: 200 if n > 1 or free.wait(60) else 200) as receiver:
            shop = self.shop(receiver)
            shop.ok("system.webhook.create", {"url": receiver.url, "types": ["catalog.*"]})
            self.change(shop, 1)
            self.until(lambda: shop.ok("system.outbox.list", {"state": "sending"})["messages"])
            self.assertEqual(shop.close(), 0)
            free.set()
            shop.serve(args=["--allow", receiver.place])
            message = self.until(lambda: shop.ok("system.outbox.list", {"state": "delivered"})["messages"])[0]
            self.assertEqual(message["tries"], 2)  # at once: a try that was broken off is none that failed

    def test_nothing_is_lost_when_the_program_is_killed(self):
        flaky = lambda n: 500 if n % 5 == 0 else 200
        with Receiver(answer=flaky) as receiver:
            shop = self.shop(receiver)
            shop.ok("system.webhook.create", {"url": receiver.url, "types": ["catalog.*"]})
            rounds, each = merx.fewer(8, 4), 12
            for number in range(rounds):
                for more in range(each):
                    self.change(shop, number * each + more)
                receiver.wait_requests(number * each + number % each, 0.5)  # somewhere in the middle
                shop.kill()
                shop.serve(args=["--allow", receiver.place])
            wanted = {"A-%d" % number for number in range(rounds * each)}
            skus = lambda: {event["data"]["sku"] for event in receiver.events()}

            def sooner_or_later(what):
                def look():
                    if what():
                        return True
                    shop.ok("shop.clock.advance", {"ms": 10 * 60000})  # tries that failed come again
                    return False
                self.until(look, 60)

            delivered = lambda: shop.ok("system.outbox.list", {"state": "delivered", "limit": 500})["messages"]
            sooner_or_later(lambda: skus() == wanted)
            by_id = {}
            for _, headers, body in receiver.taken():  # what came twice has the same id and the same content
                self.assertEqual(by_id.setdefault(headers["webhook-id"], body), body)
            self.assertEqual(len(by_id), rounds * each)
            sooner_or_later(lambda: len(delivered()) == rounds * each)
            self.assertEqual(shop.close(), 0)
            self.assertEqual(shop.verify().returncode, 0)


if __name__ == "__main__":
    unittest.main()
