"""Birthdays and the day somebody joined (S0-36): by the sun's calendar and the moon's, on 29 February, once a year, with consent."""

import datetime
import http.server
import json
import threading
import unittest

import merx

DAY = 86400000


class Maker:
    """Somebody who makes greetings: a real server that answers with the address of one."""

    def __init__(self):
        maker, self.asked = self, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                maker.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                answer = json.dumps({"media": "https://greetings.example/%d" % len(maker.asked)}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        self.place = "127.0.0.1:%d" % self.server.server_address[1]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def noon(year, month, day):
    """Noon in Shanghai."""
    return int(datetime.datetime(year, month, day, 4, tzinfo=datetime.timezone.utc).timestamp() * 1000)


class Occasions(unittest.TestCase):
    def setUp(self):
        self.maker = Maker()
        self.addCleanup(self.maker.stop)
        self.shop = merx.Shop.start(zone="Asia/Shanghai", serve_args=["--allow", self.maker.place])
        self.addCleanup(self.shop.stop)
        self.shop.ok("shop.settings.put", {"practice": True})
        self.shop.ok("privacy.purpose.put", {"code": "personalisation", "name": {"en": "Personal offers"}, "basis": "consent"})
        self.shop.ok("privacy.text.put", {"purpose": "personalisation", "language": "en", "version": 1, "body": "We greet you on your day."})
        self.number = 13700000000

    def member(self, birth=None, consent=True):
        self.number += 1
        member = self.shop.ok("membership.join", {"phone": "+86%d" % self.number, "name": "Li", **({"birth": birth} if birth else {})})["member"]["id"]
        if consent:
            self.shop.ok("privacy.consent.give", {"member": member, "purpose": "personalisation", "language": "en", "version": 1, "source": "till"})
        return member

    def at(self, year, month, day):
        self.shop.ok("shop.clock.set", {"at": noon(year, month, day)})

    def grants(self, member):
        return self.shop.ok("rewards.grants", {"member": member})["grants"]

    def wait(self, member, count):
        for _ in range(300):
            if len(self.grants(member)) >= count:
                break
            self.shop.ok("shop.clock.advance", {"ms": 1000})
        self.assertEqual(len(self.grants(member)), count)
        return self.grants(member)

    def test_an_address_that_leads_nowhere_is_refused(self):
        for url in ("nowhere", "ftp://greetings.example/", "https://", "https://user:geheim@greetings.example/", "https://greetings.example/a b"):
            status, answer = self.shop.call("rewards.occasion.put", {"code": "birthday", "day": "birthday", "points": 5, "media_url": url})
            self.assertEqual((status, answer.get("field")), (400, "media_url"), answer)

    def test_once_a_year_by_every_calendar(self):
        """S0-36"""
        self.at(2027, 1, 31)
        sun = self.member({"month": 2, "day": 20})
        moon = self.member({"month": 1, "day": 1, "lunar": True})  # 6 February in 2027, 26 January in 2028
        leap = self.member({"month": 2, "day": 29})
        without = self.member({"month": 2, "day": 20}, consent=False)
        self.shop.ok("rewards.occasion.put", {"code": "birthday", "day": "birthday", "name": {"en": "Happy birthday"}, "points": 88, "valid_days": 30,
                                              "media_url": "http://%s/" % self.maker.place})
        self.at(2027, 2, 5)
        self.assertEqual([self.grants(m) for m in (sun, moon, leap)], [[], [], []])
        self.at(2027, 2, 6)
        self.assertEqual(self.wait(moon, 1)[0]["points"], 88)
        self.assertEqual(self.grants(sun), [])
        self.at(2027, 2, 20)
        self.wait(sun, 1)
        self.assertEqual(self.shop.ok("loyalty.points.balance", {"member": sun})["points"], 88)
        self.at(2027, 2, 28)
        self.wait(leap, 1)
        # another date brings no second present
        self.shop.ok("membership.profile.put", {"member": sun, "birth": {"month": 3, "day": 5}})
        self.at(2027, 3, 6)
        self.at(2028, 1, 26)
        self.wait(moon, 2)
        self.assertEqual(len(self.grants(sun)), 1)
        self.at(2028, 2, 29)
        self.wait(leap, 2)
        self.at(2028, 3, 5)
        self.wait(sun, 2)
        self.assertEqual(self.grants(without), [], "she did not agree")
        asked = {ask["member"] for ask in self.maker.asked}
        self.assertEqual(asked, {sun, moon, leap})
        self.assertNotIn("Li", json.dumps(self.maker.asked))
        for _ in range(300):
            if all("media" in grant for grant in self.grants(sun)):
                break
            self.shop.ok("shop.clock.advance", {"ms": 1000})
        self.assertTrue(all(grant["media"].startswith("https://greetings.example/") for grant in self.grants(sun)))

    def test_the_day_she_joined_and_days_that_the_shop_was_shut(self):
        self.at(2027, 5, 10)
        member = self.member()
        self.shop.ok("rewards.occasion.put", {"code": "years", "day": "joined", "name": {"en": "A year with us"}, "points": 10, "days_before": 2})
        self.at(2027, 5, 11)
        self.assertEqual(self.grants(member), [])
        self.at(2028, 5, 7)
        self.assertEqual(self.shop.close(), 0)
        self.shop.serve(args=["--allow", self.maker.place])
        self.at(2028, 5, 12)
        self.wait(member, 1)
        self.assertEqual(self.grants(member)[0]["year"], 2028)

    def test_bad_occasions_are_named(self):
        for body, code, field in (({"code": "x"}, "missing_field", "day"), ({"code": "x", "day": "birthday"}, "missing_field", "points"),
                                  ({"code": "X y", "day": "birthday", "points": 1}, "bad_input", "code"),
                                  ({"code": "x", "day": "easter", "points": 1}, "out_of_range", "day")):
            status, answer = self.shop.call("rewards.occasion.put", body)
            self.assertEqual((status, answer["code"], answer["field"]), (400, code, field), answer)


if __name__ == "__main__":
    unittest.main()
