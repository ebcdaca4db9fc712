"""Many buyers at once: the last units are sold once each (checks and uses stand in one transaction)."""

import threading
import unittest

import merx


class LastUnits(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "Store 1"}, "zone": "Asia/Shanghai"})

    def buy_until_refused(self, sku, sold, wrong):
        client = self.shop.client()
        for _ in range(40):
            status, answer = client.call("orders.place", {
                "channel": "web", "location": "store-1", "lines": [{"sku": sku, "qty": 1000}], "tenders": [{"kind": "cash", "amount": 1000}]})
            if status == 200:
                sold.append(answer["order"]["id"])
            elif (status, answer["code"]) == (409, "short_stock"):
                break
            else:
                wrong.append((status, answer))
                break
        client.close()

    def test_twenty_units_and_sixteen_buyers(self):
        """A feature of S1-11, S2-9b: stock that is promised once; 20 units are sold exactly 20 times in every round."""
        for number in range(merx.fewer(50, 8)):
            sku = "LAST-%d" % number
            self.product(sku, price=1000, stock=20)
            sold, wrong = [], []
            buyers = [threading.Thread(target=self.buy_until_refused, args=(sku, sold, wrong)) for _ in range(16)]
            for buyer in buyers:
                buyer.start()
            for buyer in buyers:
                buyer.join()
            self.assertEqual(wrong, [])
            self.assertEqual((len(sold), len(set(sold))), (20, 20))
            self.assertEqual(self.shop.ok("inventory.stock", {"sku": sku, "location": "store-1"})["on_hand"], 0)


if __name__ == "__main__":
    unittest.main()
