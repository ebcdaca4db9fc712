"""Held carts and coupons on orders: kept, set aside, resumed by another till, sold once, let go."""

import os
import unittest

import merx
from sales import OrdersTest

RULES = """
promotion { id = "voucher", coupon = true, amount = 500, name = { en = "Voucher" } }
promotion { id = "spring", coupon = "SPRING", where = { tag = "shirt" }, percent = 10, name = { en = "Spring" } }
promotion { id = "once", lane = "item", where = { sku = "TEA" }, percent = 50, limit = { total = 2 } }
"""

MINUTE_MS = 60 * 1000


class Held(OrdersTest):
    rules = RULES

    def coupon(self, **more):
        """-> (id, code) of a new coupon"""
        coupon = self.shop.ok("promotions.coupon.issue", {"rule": "voucher", **more})["coupon"]["id"]
        return coupon, self.shop.ok("promotions.coupon.reveal", {"id": coupon})["code"]

    def state(self, code, **more):
        return self.shop.ok("promotions.coupon.check", {"codes": [code], **more})["said"][0]["state"]

    def hold(self, *lines, **more):
        body = self.sale(*lines, **more)
        del body["tenders"]
        return self.shop.ok("orders.hold", body)

    def key_for(self, location):
        """A cashier's key that may act for one location."""
        staff = self.shop.ok("identity.principal.put", {"role": "cashier", "name": "cashier"})["principal"]["id"]
        self.shop.ok("identity.staff.put", {"id": staff, "locations": [location]})
        return self.shop.ok("identity.key.reveal", {"id": self.shop.ok("identity.key.create", {"principal": staff})["key"]["id"]})["text"]

    def test_another_till_goes_on(self):
        held = self.hold(("SHIRT", 2000), ("LEAF", 455), till="till-1", member=self.member, facts={"weather": "rain"})
        self.assertEqual((held["cart"]["lines"], held["cart"]["till"], held["cart"]["total"]), (2, "till-1", 12000 + 1092))
        self.assertEqual(held["cart"]["until"] - held["cart"]["at"], 60 * MINUTE_MS)
        self.assertIn(held["held"], [cart["held"] for cart in self.shop.ok("orders.held.list", {"location": "store-1"})["carts"]])
        got = self.shop.ok("orders.held.get", {"held": held["held"]})
        self.assertEqual(got["cart"], held["cart"])
        self.assertEqual(got["request"], {"channel": "till", "location": "store-1", "till": "till-1", "member": self.member,
                                          "facts": {"weather": "rain"},
                                          "lines": [{"sku": "SHIRT", "qty": 2000}, {"sku": "LEAF", "qty": 455}]})
        body = dict(got["request"], till="till-2", held=held["held"], tenders=[{"kind": "cash", "amount": 20000}])
        self.assertEqual(self.shop.ok("orders.quote", body)["order"]["total"], held["cart"]["total"])
        self.assertEqual(self.shop.ok("orders.place", body)["order"]["total"], held["cart"]["total"])
        self.refused(409, "unknown_held", "held", "orders.place", body)
        self.refused(409, "unknown_held", "held", "orders.quote", body)
        self.refused(404, "not_found", "held", "orders.held.get", {"held": held["held"]})
        self.refused(404, "not_found", "held", "orders.held.drop", {"held": held["held"]})
        self.assertNotIn(held["held"], [cart["held"] for cart in self.shop.ok("orders.held.list")["carts"]])

    def test_a_refused_sale_leaves_it(self):
        held = self.hold(("TEA", 1000))["held"]
        self.refused(409, "tender_too_small", "tenders", "orders.place", self.sale(("TEA", 1000), held=held, cash=1))
        self.assertEqual(self.shop.ok("orders.held.get", {"held": held})["cart"]["held"], held)
        self.assertEqual(self.shop.ok("orders.held.drop", {"held": held}), {"held": held})

    def test_its_coupon_is_set_aside(self):
        coupon, code = self.coupon()
        held = self.hold(("SHIRT", 1000), coupons=[code, "spring"])
        self.assertEqual([(said["state"], said.get("coupon")) for said in held["coupons_said"]], [("applied", coupon), ("applied", None)])
        self.assertEqual((held["cart"]["coupons"], self.state(code)), ([coupon], "reserved"))
        answer = self.refused(409, "coupon_not_usable", "coupons[0]", "orders.place", self.sale(("SHIRT", 1000), coupons=[code]))
        self.assertNotIn(code, str(answer))
        request = self.shop.ok("orders.held.get", {"held": held["held"]})["request"]
        self.assertEqual(sorted(request["coupons"]), sorted([coupon, "spring"]))  # the code itself is kept nowhere
        body = dict(request, held=held["held"], tenders=[{"kind": "cash", "amount": 6000}])
        order = self.shop.ok("orders.place", body)
        self.assertEqual({said["state"] for said in order["coupons_said"]}, {"applied"})
        self.assertEqual(order["order"]["total"], held["cart"]["total"])
        self.assertEqual(self.state(code), "used")

    def test_dropped_its_coupon_is_free(self):
        coupon, code = self.coupon()
        held = self.hold(("SHIRT", 1000), coupons=[code])["held"]
        self.shop.ok("orders.held.drop", {"held": held})
        self.assertEqual(self.state(code), "usable")
        self.refused(409, "unknown_held", "held", "orders.place", self.sale(("SHIRT", 1000), coupons=[coupon], held=held))
        # an id alone is no code: only the held cart that it was set aside for may use it
        self.assertEqual(self.quote(("SHIRT", 1000), coupons=[coupon])["total"], 6000)
        self.assertEqual(self.place(("SHIRT", 1000), coupons=[code])["order"]["total"], 5500)

    def test_held_again_it_is_the_same_cart(self):
        (_, first), (_, second) = self.coupon(), self.coupon()
        held = self.hold(("SHIRT", 1000), coupons=[first], minutes=5)
        again = self.hold(("SHIRT", 3000), coupons=[second], minutes=90, held=held["held"])
        self.assertEqual(again["held"], held["held"])
        self.assertEqual((again["cart"]["until"] - again["cart"]["at"]), 90 * MINUTE_MS)
        self.assertEqual((self.state(first), self.state(second)), ("usable", "reserved"))
        self.assertEqual(self.shop.ok("orders.held.get", {"held": held["held"]})["request"]["lines"], [{"sku": "SHIRT", "qty": 3000}])
        self.shop.ok("orders.held.drop", {"held": held["held"]})
        self.refused(404, "not_found", "held", "orders.hold", self.sale(("SHIRT", 1000), held=held["held"]))

    def test_bad_carts_are_refused(self):
        self.refused(409, "unknown_sku", "lines[0].sku", "orders.hold", self.sale(("NO-SUCH", 1000)))
        self.refused(400, "out_of_range", "minutes", "orders.hold", self.sale(("TEA", 1000), minutes=0))
        self.refused(400, "out_of_range", "minutes", "orders.hold", self.sale(("TEA", 1000), minutes=8 * 24 * 60))
        self.refused(403, "forbidden", None, "orders.held.list", {}, key=self.shop.make_key("auditor"))

    def test_only_for_those_who_act_for_its_location(self):
        self.location("store-8")
        held = self.hold(("TEA", 1000), location="store-8", channel="till")["held"]
        here, there = self.key_for("store-1"), self.key_for("store-8")
        self.refused(404, "not_found", "held", "orders.held.get", {"held": held}, key=here)
        self.refused(404, "not_found", "held", "orders.held.drop", {"held": held}, key=here)
        self.refused(409, "unknown_held", "held", "orders.place", self.sale(("TEA", 1000), held=held), key=here)
        self.refused(404, "not_found", "held", "orders.hold", self.sale(("TEA", 1000), held=held), key=here)
        self.refused(403, "forbidden", "location", "orders.held.list", {}, key=here)
        self.assertEqual(self.shop.ok("orders.held.list", {"location": "store-8"}, key=there)["carts"][0]["held"], held)
        self.shop.ok("orders.held.drop", {"held": held}, key=there)

    def test_a_location_has_room_for_so_many(self):
        self.location("store-7")
        body = self.sale(("GIFTWRAP", 1000), location="store-7", cash=None)
        first = [self.shop.ok("orders.hold", body)["held"] for _ in range(200)][0]
        self.refused(409, "too_many_held", "location", "orders.hold", body)
        other = self.hold(("GIFTWRAP", 1000))["held"]
        self.refused(409, "too_many_held", "location", "orders.hold", dict(body, held=other))
        self.shop.ok("orders.hold", dict(body, held=first))
        self.shop.ok("orders.held.drop", {"held": first})
        self.shop.ok("orders.hold", body)

    def test_pages(self):
        self.location("store-9")
        mine = [self.hold(("GIFTWRAP", 1000), location="store-9")["held"] for _ in range(5)]
        got, after = [], None
        while True:
            page = self.shop.ok("orders.held.list", {"location": "store-9", "limit": 2, **({"after": after} if after else {})})
            got += [cart["held"] for cart in page["carts"]]
            after = page.get("next")
            if not after:
                break
        self.assertEqual(sorted(got), sorted(mine))
        self.refused(400, "bad_input", "after", "orders.held.list", {"after": "nonsense"})

    def test_no_code_is_stored(self):
        _, code = self.coupon()
        self.hold(("SHIRT", 1000), coupons=[code])
        self.place(("SHIRT", 1000), coupons=["spring"])
        self.verified()
        folder = self.shop.data
        with open(os.path.join(folder, "data.mdb"), "rb") as file:
            self.assertNotIn(code.encode(), file.read())


class Expiry(OrdersTest):
    rules = RULES
    coupon, state, hold = Held.coupon, Held.state, Held.hold

    @classmethod
    def fill(cls):
        cls.shop.ok("shop.settings.put", {"practice": True})
        super().fill()

    def test_its_time_is_over(self):
        _, code = self.coupon()
        held = self.hold(("SHIRT", 1000), coupons=[code], minutes=30)["held"]
        longer = self.hold(("SHIRT", 1000), minutes=30)["held"]
        self.hold(("SHIRT", 1000), minutes=120, held=longer)
        self.shop.ok("shop.clock.advance", {"ms": 31 * MINUTE_MS})
        self.assertEqual(self.state(code), "usable")
        self.refused(409, "unknown_held", "held", "orders.place", self.sale(("SHIRT", 1000), held=held))
        self.refused(404, "not_found", "held", "orders.held.get", {"held": held})
        self.assertEqual([cart["held"] for cart in self.shop.ok("orders.held.list")["carts"]], [longer])
        self.place(("SHIRT", 1000), coupons=[code])
        self.place(("SHIRT", 1000), held=longer)
        self.assertEqual(self.shop.ok("orders.held.list")["carts"], [])


class OnOrders(OrdersTest):
    """Coupons, limits and budgets where goods are sold and come back."""

    rules = RULES
    coupon, state = Held.coupon, Held.state

    def test_what_is_said_of_each_coupon(self):
        coupon, code = self.coupon()
        quote = self.shop.ok("orders.quote", self.sale(("TEA", 1000), coupons=[code, "SPRING", "NO-SUCH-WORD"]))
        said = quote["coupons_said"]
        self.assertEqual([s["state"] for s in said], ["applied", "no_effect" if len(said[1].get("rule", "")) else "unknown", "unknown"])
        self.assertEqual((said[0]["coupon"], said[0]["rule"]), (coupon, "voucher"))
        placed = self.place(("TEA", 1000), coupons=[code])
        self.assertEqual(placed["coupons_said"][0]["state"], "applied")
        self.assertEqual(placed["order"].get("coupons", []), [])
        answer = self.refused(409, "coupon_not_usable", "coupons[1]", "orders.place", self.sale(("TEA", 1000), coupons=["x", code]))
        self.assertNotIn(code, str(answer))
        quote = self.shop.ok("orders.quote", self.sale(("TEA", 1000), coupons=[code]))
        self.assertEqual(quote["coupons_said"][0]["state"], "used")
        text = self.shop.ok("orders.explain", {"order": placed["order"]["id"]})
        self.assertTrue(text["reproduced"])
        self.assertIn("; coupon " + coupon, text["text"])
        self.assertNotIn(code, str(text))

    def test_two_coupons_of_one_promotion(self):
        """A promotion takes one of them; the other one stays usable."""
        (first, code), (second, other) = self.coupon(), self.coupon()
        placed = self.place(("SHIRT", 2000), coupons=[code, other])
        self.assertEqual([said["state"] for said in placed["coupons_said"]], ["applied", "no_effect"])
        self.assertEqual((placed["order"]["total"], self.state(code), self.state(other)), (11500, "used", "usable"))
        proof = self.shop.ok("orders.explain", {"order": placed["order"]["id"]})
        self.assertTrue(proof["reproduced"] and proof["rules_kept"], proof["text"])
        self.assertIn(first, proof["text"])
        self.assertNotIn(second, proof["text"])
        self.assertIn("- 2, Voucher (voucher): had no effect", proof["text"])

    def test_a_coupon_of_many_uses_and_of_a_member(self):
        coupon, code = self.coupon(member=self.member, uses=2, code=True)
        self.refused(409, "coupon_not_usable", "coupons[0]", "orders.place", self.sale(("SHIRT", 1000), coupons=[code]))
        for typed in (code, coupon):  # the member's own may be named by its id
            self.assertEqual(self.place(("SHIRT", 1000), coupons=[typed], member=self.member)["order"]["total"], 5500)
        self.refused(409, "coupon_not_usable", "coupons[0]", "orders.place", self.sale(("SHIRT", 1000), coupons=[code], member=self.member))

    def test_a_coupon_without_effect_is_not_used_up(self):
        _, code = self.coupon()
        placed = self.place(("TEA-0", 1000), coupons=[code], cash=0)
        self.assertEqual((placed["coupons_said"][0]["state"], self.state(code)), ("no_effect", "usable"))

    def test_a_return_gives_the_coupon_back(self):
        _, code = self.coupon()
        order = self.place(("SHIRT", 2000), coupons=[code])["order"]
        self.give_back({"order": order["id"], "line": 1, "qty": 1000})
        self.assertEqual(self.state(code), "used")
        self.give_back({"order": order["id"], "line": 1, "qty": 1000})
        self.assertEqual(self.state(code), "usable")
        self.verified()

    def test_a_limit_holds_and_opens_again(self):
        orders = [self.place(("TEA", 3000))["order"] for _ in range(3)]
        self.assertEqual([order["discount"] for order in orders], [2985, 2985, 0])
        self.give_back({"order": orders[0]["id"], "line": 1, "qty": 1000})
        self.assertEqual(self.quote(("TEA", 1000))["discount"], 0)
        self.give_back({"order": orders[0]["id"], "line": 1, "qty": 2000})
        self.assertEqual(self.quote(("TEA", 1000))["discount"], 995)

if __name__ == "__main__":
    unittest.main()
