"""Guessing (reliability 50) through the running program on its test clock, ten milliseconds apart: gift cards, coupons, PINs and one-time
codes. None succeeds, and limits refuse before a hash is computed: /metrics counts those. A million in all with MERX_LONG=1; the gate has its
million inside one process, in tests/unit/op/test_guesses.c."""

import os
import re
import unittest

import merx
from customers import CustomerTest, new_phone
from test_coupons import invented

TRIES = 400000 if os.environ.get("MERX_LONG") else merx.fewer(2000, 400)
GAP_MS = 10
CODE_MINUTES = 5  # that a code lives
TURN = 200  # guesses between two steps of the clock


def windows(tries, minutes):
    """How many windows of so many minutes these guesses touch."""
    return tries * GAP_MS // (minutes * 60000) + 2


class Guesses(CustomerTest):
    def hashed(self):
        client = self.shop.client()
        self.addCleanup(client.close)
        text = client.request("GET", "/metrics", headers={"Authorization": "Bearer " + self.shop.owner_key})[2].decode()
        return sum(int(number) for number in re.findall(r'merx_secret_hashes_total\{[^}]*\} (\d+)', text))

    def tick(self, number):
        if number % TURN == TURN - 1:
            self.advance(TURN * GAP_MS)

    def guess(self, tries, one):
        """-> how many guesses got as far as a hash. one(number): (status, answer) of a guess."""
        before, statuses = self.hashed(), []
        for number in range(tries):
            status, _ = one(number)
            self.assertNotEqual(status, 200)
            statuses.append(status)
            self.tick(number)
        self.assertGreater(statuses.count(429), tries * 8 // 10, {each: statuses.count(each) for each in set(statuses)})
        return self.hashed() - before

    def test_gift_cards(self):
        """wallet.look with made-up codes, as a channel would be abused."""
        key = self.shop.make_key("channel")
        alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

        def one(number):
            text = "".join(alphabet[number * 7919 * (place + 1) // 3 % 32] for place in range(20))
            return self.shop.call("wallet.look", {"code": "-".join(text[at:at + 4] for at in range(0, 20, 4))}, key=key)
        self.assertLessEqual(self.guess(TRIES, one), 5 * windows(TRIES, 1))

    def test_coupons(self):
        """Codes without a typing error that nobody issued: after twenty the guesser hears nothing for ten minutes, and nothing is hashed."""
        key, states, before = self.shop.make_key("channel"), [], self.hashed()
        for number in range(TRIES):
            said = self.shop.ok("promotions.coupon.check", {"codes": [invented(number)]}, key=key)["said"][0]
            states.append(said["state"])
            self.tick(number)
        self.assertEqual(set(states[30:400]), {"locked"})
        self.assertNotIn("usable", states)
        self.assertGreater(states.count("locked"), TRIES * 9 // 10)
        self.assertLessEqual(self.hashed() - before, 20 * windows(TRIES, 10))

    def test_one_time_codes(self):
        phone = new_phone()
        self.join(phone)
        self.code_for(lambda: self.shop.ok("identity.customer.code", {"phone": phone}))
        client = merx.Client(self.shop.port, None, source="127.0.2.1")
        self.addCleanup(client.close)
        hashed = self.guess(TRIES // 4, lambda number: client.call("identity.customer.open", {"phone": phone, "code": "%06d" % (number * 7)}, idem=False))
        self.assertLessEqual(hashed, 5 * windows(TRIES // 4, CODE_MINUTES))  # where there is no code, as many

    def test_pins_of_customers(self):
        phone = new_phone()
        member, token = self.join(phone), self.login(phone)
        self.shop.ok("identity.customer.pin.set", {"pin": "739152"}, key=token)
        other = self.join()
        self.shop.ok("loyalty.settings.put", {"burn_minor_per_point": 10})
        self.location()
        self.product("G", price=1000, stock=10)
        self.shop.ok("loyalty.points.adjust", {"member": member, "points": 1000, "reason": "test"})

        def one(number):
            return self.shop.call("orders.place", {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "G", "qty": 1000}],
                                                   "tenders": [{"kind": "points", "amount": 1000, "proof": "%06d" % (number * 11)}]})
        self.assertLessEqual(self.guess(TRIES // 4, one), 10)
        self.assertEqual(self.shop.ok("loyalty.points.balance", {"member": member})["points"], 1000)
        self.assertEqual(self.shop.ok("loyalty.points.balance", {"member": other})["points"], 0)


if __name__ == "__main__":
    unittest.main()
