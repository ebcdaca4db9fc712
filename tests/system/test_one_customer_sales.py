"""Coupons and limits of one customer under several ids; articles that are not for everybody."""

import itertools
import unittest

from sales import OrdersTest

RULES = """
promotion { id = "ten", name = { en = "Ten off", zh = "九折" }, coupon = true, percent = 10 }
promotion { id = "once", name = { en = "Once", zh = "一次" }, where = { sku = "BROKEN" }, percent = 50, limit = { member = 1 } }
"""


_phones = itertools.count(1)


class OneCustomer(OrdersTest):
    rules = RULES

    def setUp(self):
        phones = ["+86136%08d" % next(_phones) for _ in range(2)]
        self.mine, self.hers = [self.shop.ok("membership.join", {"phone": phone, "name": "x"})["member"]["id"] for phone in phones]
        self.people = [self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"] for phone in phones]

    def merge(self):
        return self.shop.ok("identity.person.merge", {"from": self.people[1], "into": self.people[0], "reason": "one"})["merge"]

    def off(self, member, **more):
        return self.place(("BROKEN", 1000), member=member, **more)["order"]["discount"]

    def test_a_limit_by_member_counts_all_her_ids(self):
        self.assertEqual((self.off(self.hers), self.off(self.mine)), (50, 50))
        self.merge()
        self.assertEqual((self.off(self.hers), self.off(self.mine)), (0, 0))

    def test_used_once_under_either_id(self):
        merge = self.merge()
        self.assertEqual((self.off(self.hers), self.off(self.mine)), (50, 0))
        self.shop.ok("identity.person.unmerge", {"merge": merge})
        self.assertEqual((self.off(self.hers), self.off(self.mine)), (50, 0))  # it was counted for the one that stood
        self.assertEqual(self.shop.ok("system.verify")["findings"], [])

    def test_her_coupons_are_hers_under_each_id(self):
        """S2-6 (coupons): a coupon of one id is used under the other, once, and stands in the one view of both."""
        coupon = self.shop.ok("promotions.coupon.issue", {"rule": "ten", "member": self.hers})["coupon"]["id"]
        sale = self.sale(("TEA", 1000), member=self.mine, coupons=[coupon])
        self.refused(409, "coupon_not_usable", "coupons[0]", "orders.place", sale)
        self.merge()
        for member in (self.mine, self.hers):
            view = self.shop.ok("membership.view", {"member": member})
            coupons = [section for section in view["sections"] if section["name"] == "coupons"][0]["data"]["coupons"]
            self.assertEqual([one["id"] for one in coupons], [coupon])
        self.assertEqual(self.shop.ok("orders.place", sale)["order"]["discount"], 199)
        self.refused(409, "coupon_not_usable", "coupons[0]", "orders.place", {**sale, "member": self.hers})
        self.assertEqual(self.shop.ok("system.verify")["findings"], [])

    def test_her_coupons_are_listed_under_each_id(self):
        issued = {self.shop.ok("promotions.coupon.issue", {"rule": "ten", "member": member})["coupon"]["id"]
                  for member in (self.mine, self.hers, self.hers)}
        self.merge()
        for member, limit in ((self.mine, 100), (self.hers, 100), (self.mine, 1), (self.hers, 2)):
            seen, after = [], None
            while after != "":
                page = self.shop.ok("promotions.coupon.list", {"member": member, "limit": limit, **({"after": after} if after else {})})
                seen += [coupon["id"] for coupon in page["coupons"]]
                after = page.get("next", "")
            self.assertEqual((len(seen), set(seen)), (3, issued))
        self.refused(400, "bad_input", "after", "promotions.coupon.list", {"member": self.mine, "after": "mem_x:"})

    def test_an_export_has_more_orders_than_a_page(self):
        for _ in range(501):
            self.place(("BROKEN", 1000), member=self.mine)
        for _ in range(5):
            self.shop.ok("loyalty.points.adjust", {"member": self.mine, "points": 1, "reason": "more than a page"})
        asked = self.shop.ok("privacy.export.ask", {"member": self.mine})
        sections = self.shop.ok("privacy.export.fetch", {"id": asked["id"]})["sections"]
        orders, moved = sections["orders"], sections["points_history"]["movements"]
        self.assertGreater(len(moved), 500)
        self.assertEqual([row["seq"] for row in moved], sorted({row["seq"] for row in moved}, reverse=True))
        self.assertEqual((len(orders["orders"]), orders.get("next", "")), (501, ""))

    def test_hidden_articles_are_not_for_everybody(self):
        self.product("SECRET", price=500, stock=5, hidden=True)
        for op in ("orders.place", "orders.quote"):
            self.refused(409, "article_hidden", "lines[0].sku", op, self.sale(("SECRET", 1000), member=self.mine))
            self.refused(409, "article_hidden", "lines[0].sku", op, self.sale(("SECRET", 1000)))


if __name__ == "__main__":
    unittest.main()
