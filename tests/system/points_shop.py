"""A shop in which points pay, and how its customers get, spend and give them back, for tests."""

import time

from customers import CustomerTest

DAY = 24 * 3600 * 1000
PLAIN = {"minor_per_point": 100, "available_after_ms": 0, "expires_after_ms": 0, "burn_minor_per_point": 10, "burn_min_points": 0,
         "burn_step_points": 0, "burn_max_share_ppm": 0, "burn_max_minor": 0, "restore_grace_ms": 0, "negative": "never",
         "earn_on_points": True, "expires_at_year_end": False, "expires_after_years": 0}


class Points(CustomerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}})
        cls().product("TEA", price=1000, below_zero=True)

    def setUp(self):
        self.set()

    def tearDown(self):
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])

    def set(self, **more):
        self.shop.ok("loyalty.settings.put", {**PLAIN, **more})

    def now_ms(self):
        return self.shop.ok("shop.clock.get", idem=False)["now"]

    def give(self, member, points):
        return self.shop.ok("loyalty.points.adjust", {"member": member, "points": points, "reason": "for the test"})

    def sale(self, member, pieces=1, *tenders):
        return {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "TEA", "qty": pieces * 1000}],
                "tenders": list(tenders) or [{"kind": "cash", "amount": 1000 * pieces}]}

    def buy(self, member, pieces=1, *tenders):
        return self.shop.ok("orders.place", self.sale(member, pieces, *tenders))["order"]

    def proof_of(self, member):
        self.advance(61000)  # nobody is asked for more than some codes a minute
        return super().proof_of(member)

    def points(self, member, amount, proof=True):
        """A tender of points, with a fresh code of hers."""
        return {"kind": "points", "amount": amount, **({"proof": self.proof_of(member)} if proof else {})}

    def back(self, order, pieces=1, **more):
        return self.shop.ok("orders.return", {"location": "store-1", "reason": "r",
                                              "lines": [{"order": order["id"], "line": 1, "qty": pieces * 1000}], **more})["return"]

    def balance(self, member, **more):
        return self.shop.ok("loyalty.points.balance", {"member": member}, **more)

    def rests(self, member):
        return {lot["order"]: lot["rest"] for lot in self.balance(member)["lots"]}

    def wait_for(self, so):
        end = time.monotonic() + 20
        while not so() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertTrue(so())

    def kinds(self, member):
        return [(row["kind"], row["points"]) for row in self.shop.ok("loyalty.points.history", {"member": member})["movements"]]
