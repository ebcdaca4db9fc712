"""The one view of a customer: what each may see of her, under each thing that she is known by, at once and after a merge."""

import unittest

import consents
import merx
from customers import CustomerTest, new_phone

NOBODY = "mem_" + "0" * 26
PLACES = ["consents", "counters", "coupons", "entitlements", "gift_cards", "household", "orders", "points", "rewards", "tags", "tickets"]


class View(CustomerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("inventory.location.put", {"id": "store-1", "zone": "Asia/Shanghai"})
        cls.shop.ok("catalog.product.put", {"sku": "POT", "name": {"en": "Pot"}, "price": 6000, "stocked": False, "category": "ware"})
        cls.shop.ok("loyalty.settings.put", {"minor_per_point": 100})
        cls.keys = {role: cls.shop.make_key(role) for role in ("cashier", "clerk", "agent", "warehouse", "channel", "auditor")}

    def view(self, key=None, **ask):
        whole = self.shop.ok("membership.view", ask, key=key)
        self.assertEqual([s["name"] for s in whole["sections"]], sorted(s["name"] for s in whole["sections"]))
        return whole["member"], {s["name"]: s.get("data") for s in whole["sections"]}

    def shows_orders(self, sections, *ids):
        self.assertEqual({row["id"] for row in sections["orders"]["orders"]}, set(ids))

    def buy(self, member):
        return self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "POT", "qty": 1000}],
                                             "tenders": [{"kind": "cash", "amount": 6000}]})["order"]

    def full(self, phone, **more):
        """A member with something in every section that this shop can fill."""
        member = self.join(phone, name="Lin Xiaoyu", **more)
        order = self.buy(member)
        self.shop.ok("membership.dependent.put", {"member": member, "kind": "child", "name": "Tiny", "year": 2025, "month": 5})
        self.shop.ok("promotions.coupon.issue", {"rule": "walk", "member": member})
        consents.agree(self.shop, member, "personalisation")
        return member, order

    def test_everything_in_one_read(self):
        """S0-3, S2-3: one profile for all that the shop knows: who she is, what she bought, points, coupons, consents, household, counters."""
        phone = new_phone()
        member, order = self.full(phone)
        card, sections = self.view(member=member)
        self.assertEqual((card["id"], card["name"], card["phones"], card["tier"]), (member, "Lin Xiaoyu", [phone], "basic"))
        self.assertTrue(set(PLACES) <= set(sections), sections.keys())
        self.shows_orders(sections, order["id"])
        self.assertEqual({row["name"]: row["value"] for row in sections["counters"]["counters"]}["spent_minor"], 6000)
        self.assertEqual(len(sections["household"]["dependents"]), 1)
        self.assertNotIn("Tiny", str(sections))
        for name in ("points", "coupons", "consents"):
            self.assertTrue(sections[name], name)
        self.assertIn("60", str(sections["points"]))

    def test_what_comes_later_has_its_place_and_is_empty(self):
        """S2-6 (a part): open work orders and tickets stand in the view as soon as somebody keeps them."""
        _, sections = self.view(member=self.join())
        self.assertEqual([sections[name] for name in ("tickets", "household")], [None, None])

    def test_each_sees_what_is_hers_to_see(self):
        """S2-6, S2-15: clerk and agent see tier, points, coupons and orders with masked names; the warehouse sees nobody."""
        phone = new_phone()
        member, order = self.full(phone, email="lin@example.org")
        for role in ("clerk", "agent", "cashier"):
            with self.subTest(role=role):
                card, sections = self.view(self.keys[role], member=member)
                self.assertEqual((card["id"], card["tier"]), (member, "basic"))
                for text in ("Xiaoyu", phone[-6:], "lin@example"):
                    self.assertNotIn(text, str(card) + str(sections))
                self.shows_orders(sections, order["id"])
                if role != "cashier":
                    for name in ("points", "coupons"):
                        self.assertTrue(sections[name], name)
        for role in ("warehouse", "auditor"):
            self.refused(403, "forbidden", None, "membership.view", {"member": member}, key=self.keys[role])

    def test_by_whatever_she_is_known(self):
        """S3-4, S2-17a: phone, email, card, openid, device, marketplace account and her rotating QR code lead to the same view."""
        phone = new_phone()
        keys = {"phone": phone, "email": "key@example.org", "card": "K-1", "openid": "wx-key", "device": "dev-key", "account": "tmall:9"}
        member = self.join(**keys)
        for kind, value in keys.items():
            self.assertEqual(self.view(**{kind: value})[0]["id"], member)
        token = self.login(phone)
        code = self.shop.ok("identity.customer.qr", key=token)["text"]
        self.assertEqual(self.view(self.keys["clerk"], qr=code)[0]["id"], member)
        for ask, status, field in [({}, 400, "member"), ({"phone": phone, "card": "K-1"}, 400, "member"), ({"phone": "13999999999"}, 404, "phone"),
                                   ({"card": "K-2"}, 404, "card"), ({"email": "no"}, 400, "email"), ({"member": NOBODY}, 404, "member")]:
            with self.subTest(ask=ask):
                got, answer = self.shop.call("membership.view", ask)
                self.assertEqual((got, answer.get("field")), (status, field), answer)
        self.assertGreaterEqual(self.shop.call("membership.view", {"qr": "mxq_nonsense"})[0], 400)

    def test_a_customer_sees_herself_and_nobody_else(self):
        phone, other = new_phone(), self.join(name="Other Somebody")
        member, order = self.full(phone)
        token = self.login(phone)
        card, sections = self.view(token, member=member)
        self.assertEqual(card["id"], member)
        self.shows_orders(sections, order["id"])
        self.refused(403, "forbidden", None, "membership.view", {"member": other}, key=token)
        for body in ({"phone": new_phone()}, {"card": "K-1"}):
            status, answer = self.shop.call("membership.view", body, key=token)
            self.assertNotEqual(status, 200, answer)
        self.shop.ok("membership.profile.put", {"member": member, "name": "Lin Da"}, key=token)
        self.refused(403, "forbidden", None, "membership.profile.put", {"member": other, "name": "Mine"}, key=token)
        self.assertEqual(self.shop.ok("membership.get", {"id": member})["member"]["name"], "Lin Da")

    def test_both_histories_in_one_view_after_a_merge(self):
        """S2-13a: joined at the till and again in the app; merged, either key shows both histories, points and coupons in the same read."""
        phones = [new_phone(), new_phone()]
        (one, first), (two, second) = self.full(phones[0]), self.full(phones[1])
        self.shop.ok("membership.segments.put", {"member": two, "add": ["tea"], "reason": "r"})
        persons = [self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"] for phone in phones]
        merge = self.shop.ok("identity.person.merge", {"from": persons[1], "into": persons[0], "reason": "the same"})["merge"]
        for ask in ({"member": one}, {"member": two}, {"phone": phones[0]}, {"phone": phones[1]}):
            card, sections = self.view(**ask)
            self.assertEqual((card["id"], card["members"], sorted(card["phones"])), (one, [one, two], sorted(phones)))
            self.shows_orders(sections, first["id"], second["id"])
            self.assertIn("120", str(sections["points"]))
            self.assertEqual({row["name"]: row["value"] for row in sections["counters"]["counters"]}["orders"], 2)
        self.assertEqual(card["segments"], ["tea"])
        self.shop.ok("membership.segments.put", {"member": one, "remove": ["tea"], "reason": "r"})
        self.assertEqual(self.view(member=two)[0].get("segments", []), [], "she left it under each of her ids")
        self.assertEqual(self.shop.ok("membership.segment.list", {"segment": "tea"})["members"], [])
        self.assertEqual(self.shop.ok("identity.person.unmerge", {"merge": merge}).get("unsplit", []), [])
        card, sections = self.view(member=two)
        self.assertEqual((card["id"], card["phones"]), (two, [phones[1]]))
        self.shows_orders(sections, second["id"])

    def test_what_the_till_registers_the_app_reads(self):
        """S0-20, S3-4: registered at the till, the next read of the app shows her, a hundred times in a row, on connections of their own."""
        till, app = self.shop.client(self.keys["cashier"]), self.shop.client(self.keys["channel"])
        for n in range(100):
            phone = new_phone()
            status, answer = till.call("membership.join", {"phone": phone, "channel": "till"})
            self.assertEqual(status, 200, answer)
            status, seen = app.call("membership.view", {"phone": phone})
            self.assertEqual((status, seen["member"]["id"]), (200, answer["member"]["id"]))
        till.close()
        app.close()


if __name__ == "__main__":
    unittest.main()
