"""S2-7, S1-9: the same product at the same price and under the same promotions in every channel."""

import json
import unittest

from sales import OrdersTest

RULES = """
promotion { id = "shirts", where = { tag = "shirt" }, buy = 2, pay = 1, name = { en = "2 for 1", zh = "买二付一" } }
promotion { id = "big", lane = "basket", min_total = 20000, percent = 5 }
promotion { id = "member", lane = "member", member = true, percent = 7 }
promotion { id = "double", member = true, points_times = 2 }
promotion { id = "web-only", channel = "web", where = { sku = "ONLINE" }, percent = 10 }
"""

CHANNELS = ("till", "web", "phone")


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class Channels(OrdersTest):
    rules = RULES

    @classmethod
    def fill(cls):
        super().fill()
        cls().product("ONLINE", price=1000, stock=1000)

    def priced(self, channel, *lines, **more):
        """The quote's bytes without the name of the channel."""
        body = self.sale(*lines, channel=channel, **more)
        answer = self.shop.ok("orders.quote", body)
        del answer["order"]["channel"]
        return canonical(answer)

    def test_same_basket_member_and_time(self):
        """S2-7, S1-9: byte-equal through till, web and phone."""
        baskets = [[("SHIRT", 2000), ("SHIRT-2", 1000), ("TEA", 10000)], [("LEAF", 777)], [("TEA", 1000), ("GIFTWRAP", 1000)],
                   [{"sku": "SHIRT", "qty": 1000, "price": 4500, "reason": "stain"}, ("SHIRT", 1000)]]
        for lines in baskets:
            for member in (None, self.member):
                more = {"at": 1795000000000, **({"member": member} if member else {})}
                answers = {self.priced(channel, *lines, **more) for channel in CHANNELS}
                self.assertEqual(len(answers), 1, answers)

    def test_sold_alike_too(self):
        """The frozen lines of the receipts are byte-equal, and each proves itself."""
        frozen = set()
        for channel in CHANNELS:
            order = self.place(("SHIRT", 3000), ("TEA", 9000), channel=channel, member=self.member, at=1795000000000)["order"]
            frozen.add(canonical([order["lines"], order["discounts"], order["total"], order["tax"], order["points_earned"]]))
            self.assertTrue(self.shop.ok("orders.explain", {"order": order["id"]})["reproduced"])
        self.assertEqual(len(frozen), 1, frozen)

    def test_a_declared_difference_is_one(self):
        """What a rule or a price says of one channel is said, nothing else."""
        totals = {channel: self.quote(("ONLINE", 1000), channel=channel)["total"] for channel in CHANNELS}
        self.assertEqual(totals, {"till": 1000, "web": 900, "phone": 1000})


if __name__ == "__main__":
    unittest.main()
