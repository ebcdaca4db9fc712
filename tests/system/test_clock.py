"""The shop's clock through the real program: moved in a shop for practice, never in a real one, kept over restarts."""

import unittest

import merx

DAY = 24 * 3600 * 1000


class Clock(merx.ShopTest):
    def test_a_real_shop_refuses_to_move_its_clock(self):
        self.refused(409, "not_for_practice", None, "shop.clock.advance", {"ms": 1000})
        self.refused(409, "not_for_practice", None, "shop.clock.set", {"at": 1800000000000})
        clock = self.shop.ok("shop.clock.get")
        self.assertEqual((clock["standing"], clock["practice"], clock["moved_by"]), (False, False, 0))
        self.assertEqual(self.shop.ok("shop.clock.confirm")["standing"], False)
        cashier = self.shop.make_key("cashier")
        self.refused(403, "forbidden", None, "shop.clock.confirm", {}, key=cashier)

    def test_bad_times_are_named(self):
        self.refused(400, "missing_field", "at", "shop.clock.set", {})
        self.refused(400, "out_of_range", "ms", "shop.clock.advance", {"ms": 0})
        self.refused(400, "out_of_range", "at", "shop.clock.set", {"at": 10**15})


class Practice(unittest.TestCase):
    def test_time_moves_and_stays_moved(self):
        with merx.Shop.start() as shop:
            shop.ok("shop.settings.put", {"practice": True})
            begin = shop.ok("shop.clock.get")["now"]
            moved = shop.ok("shop.clock.advance", {"ms": 30 * DAY})
            self.assertGreaterEqual(moved["now"], begin + 30 * DAY)
            self.assertEqual(moved["expiry"], moved["now"])
            shop.kill()
            shop.serve()
            clock = shop.ok("shop.clock.get")
            self.assertGreaterEqual(clock["now"], moved["now"])
            self.assertEqual((clock["standing"], clock["practice"]), (False, True))
            shop.ok("shop.clock.set", {"at": begin})
            clock = shop.ok("shop.clock.get")
            self.assertLess(clock["now"], begin + DAY)
            self.assertGreaterEqual(clock["expiry"], begin + 30 * DAY)
            status, answer = shop.call("shop.settings.put", {"practice": False})
            self.assertEqual((status, answer["field"]), (409, "practice"))
            self.assertEqual(shop.close(), 0)
            self.assertEqual(shop.verify().returncode, 0)

    def test_a_fresh_key_waits_an_hour_of_the_shops_time(self):
        with merx.Shop.start() as shop:
            shop.ok("shop.settings.put", {"practice": True})
            principal = shop.ok("identity.principal.put", {"role": "cashier", "name": "c"})["principal"]["id"]
            key = shop.ok("identity.key.create", {"principal": principal})["key"]["id"]
            shop.ok("shop.clock.advance", {"ms": 3601000})
            def is_revoked():
                return [k for k in shop.ok("identity.key.list")["keys"] if k["id"] == key][0]["revoked"]

            for _ in range(500):  # the due time fires behind the command
                if is_revoked():
                    break
            self.assertTrue(is_revoked(), "nobody knows it")
            self.assertEqual(shop.call("identity.key.reveal", {"id": key})[0], 404)

    def test_an_answer_is_kept_for_eight_days_of_the_shops_time(self):
        with merx.Shop.start() as shop:
            shop.ok("shop.settings.put", {"practice": True})
            put = lambda: shop.ok("identity.principal.put", {"role": "cashier", "name": "c"}, idem="once")["principal"]["id"]
            first = put()
            shop.ok("shop.clock.advance", {"ms": 7 * DAY})
            self.assertEqual(shop.close(), 0)
            shop.serve()
            self.assertEqual(put(), first)
            shop.ok("shop.clock.advance", {"ms": 2 * DAY})
            self.assertEqual(shop.close(), 0)
            shop.serve()  # it forgets old answers when it starts
            shop.ok("identity.principal.put", {"role": "cashier", "name": "d"})
            self.assertNotEqual(put(), first)


if __name__ == "__main__":
    unittest.main()
