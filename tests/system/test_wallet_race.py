"""200 spenders at once on one gift card, and two cards that pay each other at the same time: nothing is spent twice, nothing is lost."""

import os
import threading
import unittest

import merx

SPENDERS, THREADS, PRICE = 200, 20, 10


class Race(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls().location()
        cls().product("TEA", price=PRICE, below_zero=True)
        cls.clients = [cls.shop.client() for _ in range(THREADS)]
        for client in cls.clients:
            cls.addClassCleanup(client.close)

    def card(self, amount):
        account = self.shop.ok("wallet.load", {"kind": "gift_card", "amount": amount, "location": "store-1",
                                               "tenders": [{"kind": "cash", "amount": amount}]})["account"]
        return account, self.shop.ok("wallet.card.reveal", {"account": account}, idem=False)["code"]

    def left(self, account):
        return self.shop.ok("wallet.get", {"account": account}, idem=False)["account"]["balance"]

    def at_once(self, work):
        """work(client, place) on all clients at the same time."""
        threads = [threading.Thread(target=work, args=(client, place)) for place, client in enumerate(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def spend_round(self, number):
        account, code = self.card(100 * PRICE + number % PRICE)
        outcomes = []

        def spend(client, _):
            for _ in range(SPENDERS // THREADS):
                outcomes.append(client.call("orders.place", {
                    "channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 1000}],
                    "tenders": [{"kind": "gift_card", "amount": PRICE, "reference": code}]}))
        self.at_once(spend)
        sold = {answer["order"]["id"] for status, answer in outcomes if status == 200}
        self.assertEqual([answer for status, answer in outcomes if status != 200 and answer["code"] != "card_short"][:1], [])
        self.assertEqual((len(outcomes), len(sold), self.left(account)), (SPENDERS, 100, number % PRICE))
        return number % PRICE

    def transfer_round(self, number):
        cards = [self.card(1000), self.card(500)]
        outcomes = []

        def transfer(client, place):
            for step in range(SPENDERS // THREADS):
                give, take = cards[(place + step) % 2], cards[(place + step + 1) % 2]
                outcomes.append(client.call("wallet.transfer", {"code": give[1], "to": take[0], "amount": 37 * (place + 1) + number % 7}))
        self.at_once(transfer)
        self.assertEqual({answer["code"] for status, answer in outcomes if status != 200} - {"card_short"}, set())
        self.assertIn(200, {status for status, _ in outcomes})
        self.assertEqual(sum(self.left(account) for account, _ in cards), 1500)
        return 1500

    def test_conservation(self):
        """Invariant 11 (reliability 25) under 200 parallel spenders; 50 rounds, 1,000 with MERX_LONG."""
        rounds = 1000 if os.environ.get("MERX_LONG") else merx.fewer(50, 10)
        owed = sum(self.spend_round(number) for number in range(1, rounds + 1))
        owed += sum(self.transfer_round(number) for number in range(1, rounds // 5 + 1))
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])
        self.assertEqual(self.shop.ok("wallet.liability", {}, idem=False)["total"], owed)


if __name__ == "__main__":
    unittest.main()
