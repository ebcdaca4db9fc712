"""Gift cards and credit as tender: taken by the wallet in the sale's own command, given back to themselves, their code nowhere."""

import json
import unittest

from customers import CustomerTest


def cash(amount):
    return {"kind": "cash", "amount": amount}


class StoredTenders(CustomerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}})
        cls().product("TEA", price=1000, below_zero=True)
        cls.shop.ok("loyalty.settings.put", {"burn_minor_per_point": 10})

    def load(self, amount, **more):
        return self.shop.ok("wallet.load", {"amount": amount, "location": "store-1", "tenders": [cash(amount)], **more})["account"]

    def card(self, amount):
        """-> account and code of a new gift card"""
        account = self.load(amount, kind="gift_card")
        return account, self.shop.ok("wallet.card.reveal", {"account": account}, idem=False)["code"]

    def left(self, account):
        return self.shop.ok("wallet.get", {"account": account}, idem=False)["account"]["balance"]

    def sale(self, pieces, *tenders, **more):
        return {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": pieces * 1000}], "tenders": list(tenders), **more}

    def back(self, order, pieces, **more):
        return self.shop.ok("orders.return", {"location": "store-1", "reason": "r",
                                              "lines": [{"order": order["id"], "line": 1, "qty": pieces * 1000}], **more})["return"]["payments"]

    def tearDown(self):
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])

    def test_a_card_pays_and_its_code_stands_nowhere(self):
        """Invariant 11; the receipt names the account, never the code."""
        account, code = self.card(1500)
        answer = self.shop.ok("orders.place", self.sale(2, {"kind": "gift_card", "amount": 1500, "reference": code}, cash(1000)))
        order = answer["order"]
        self.assertEqual([(p["kind"], p["amount"], p.get("reference")) for p in order["payments"]],
                         [("gift_card", 1500, account), ("cash", 500, None)])
        self.assertEqual((answer["change"], self.left(account)), (500, 0))
        everything = json.dumps([answer, self.shop.ok("orders.get", {"id": order["id"]}), self.shop.ok("payments.list", {"order": order["id"]}),
                                 self.shop.ok("system.log.list", {"limit": 500})])
        self.assertNotIn(code, everything)
        self.assertEqual([(p["kind"], p["amount"]) for p in self.back(order, 1)], [("gift_card", 1000)])
        self.assertEqual([(p["kind"], p["amount"]) for p in self.back(order, 1)], [("gift_card", 500), ("cash", 500)])
        self.assertEqual(self.left(account), 1500)

    def test_stored_value_is_no_change_and_buys_no_stored_value(self):
        account, code = self.card(5000)
        tender = {"kind": "gift_card", "amount": 1001, "reference": code}
        self.refused(409, "change_not_cash", "tenders", "orders.place", self.sale(1, tender))
        self.refused(409, "tender_not_allowed", "tenders", "wallet.load",
                     {"kind": "gift_card", "amount": 1001, "location": "store-1", "tenders": [tender]})
        self.refused(400, "missing_field", "tenders", "orders.place", self.sale(1, {"kind": "gift_card", "amount": 1000}))
        self.refused(409, "card_unknown", None, "orders.place", self.sale(1, {"kind": "gift_card", "amount": 1000, "reference": "NOBODY-KNOWS-IT"}))
        self.assertEqual(self.left(account), 5000)

    def test_credit_needs_her_proof(self):
        member = self.join()
        account = self.load(3000, kind="credit", member=member)
        tender = {"kind": "credit", "amount": 1000}
        self.refused(409, "proof_needed", None, "orders.place", self.sale(1, tender, member=member))
        self.refused(409, "member_needed", "tenders", "orders.place", self.sale(1, tender))
        order = self.shop.ok("orders.place", self.sale(1, {**tender, "proof": self.proof_of(member)}, member=member))["order"]
        self.assertEqual((order["payments"][0]["reference"], self.left(account)), (account, 2000))

    def test_four_tenders_and_partial_refunds_in_order(self):
        """Invariants 5 and 7: back to themselves first (card and credit, then points), then card, then cash; never above what each paid."""
        member = self.join()
        self.shop.ok("loyalty.points.adjust", {"member": member, "points": 50, "reason": "x"})
        account, code = self.card(800)
        proof = self.proof_of(member)
        order = self.shop.ok("orders.place", self.sale(
            3, {"kind": "card", "amount": 900, "reference": "T-900"}, {"kind": "points", "amount": 500, "proof": proof},
            {"kind": "gift_card", "amount": 800, "reference": code}, cash(800), member=member))["order"]
        self.assertEqual([p["kind"] for p in order["payments"]], ["card", "points", "gift_card", "cash"])
        asked = {"location": "store-1", "reason": "r", "lines": [{"order": order["id"], "line": 1, "qty": 1000}]}
        self.refused(409, "refund_above_paid", "tenders", "orders.return", {**asked, "tenders": [{"kind": "points", "amount": 501}, cash(499)]})
        self.refused(409, "refund_above_paid", "tenders", "orders.return", {**asked, "tenders": [cash(1000)]})
        self.assertEqual([[(p["kind"], p["amount"]) for p in self.back(order, 1)] for _ in range(3)],
                         [[("gift_card", 800), ("points", 200)], [("points", 300), ("card", 700)], [("card", 200), ("cash", 800)]])
        self.assertEqual((self.left(account), self.shop.ok("loyalty.points.balance", {"member": member})["points"]), (800, 50))


if __name__ == "__main__":
    unittest.main()
