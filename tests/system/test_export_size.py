"""How large an export may become: the newest of very much, and it says of what there is more (S0-31)."""

import unittest

from customers import CustomerTest, new_phone

LINES, MOST_LINES, MOST_MOVEMENTS = 1000, 25000, 500


class ExportSize(CustomerTest):
    def setUp(self):
        self.location()
        self.member = self.join(new_phone(), name="Much Ado")

    def export(self):
        return self.shop.ok("privacy.export.fetch", {"id": self.shop.ok("privacy.export.ask", {"member": self.member})["id"]})

    def test_of_very_many_lines_the_newest_orders(self):
        self.product("TEA", price=1, stock=10**6)
        order = {"location": "store-1", "channel": "till", "member": self.member, "tenders": [{"kind": "cash", "amount": LINES}],
                 "lines": [{"sku": "TEA", "qty": 1000, "price": 1, "reason": "by the leaf"}] * LINES}
        numbers = [self.shop.ok("orders.place", order)["order"]["id"] for _ in range(MOST_LINES // LINES)]
        whole = self.export()
        self.assertEqual((len(whole["sections"]["orders"]["orders"]), whole["more"]), (len(numbers), []))
        numbers.append(self.shop.ok("orders.place", order)["order"]["id"])
        cut = self.export()
        self.assertEqual([got["order"]["id"] for got in cut["sections"]["orders"]["orders"]], numbers[:0:-1])
        self.assertEqual((cut["sections"]["orders"]["more"], cut["more"]), (True, ["orders"]))

    def test_of_very_many_movements_the_newest(self):
        card = self.shop.ok("wallet.load", {"kind": "credit", "member": self.member, "amount": 5000, "location": "store-1",
                                            "tenders": [{"kind": "cash", "amount": 5000}]})["account"]
        for _ in range(MOST_MOVEMENTS - 1):
            self.shop.ok("wallet.correct", {"account": card, "amount": -1, "reason": "a drop"})
        self.assertEqual(self.export()["more"], [])
        self.shop.ok("wallet.correct", {"account": card, "amount": -1, "reason": "a drop"})
        cut = self.export()
        self.assertEqual(cut["more"], ["gift_cards"])
        self.assertEqual(len(cut["sections"]["gift_cards"]["accounts"][0]["movements"]), MOST_MOVEMENTS)


if __name__ == "__main__":
    unittest.main()
