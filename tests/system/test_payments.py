"""Payments: change, cards, split tenders, refunds within what was paid."""

import itertools
import threading
import unittest

from sales import OrdersTest

_reference = itertools.count(1)


def cash(amount):
    return {"kind": "cash", "amount": amount}


def card(amount, reference=None):
    return {"kind": "card", "amount": amount, "reference": reference or "T-%d" % next(_reference)}


class Payments(OrdersTest):
    def pay(self, *tenders, qty=1000):
        return self.place(("TEA", qty), tenders=list(tenders))

    def refuse(self, code, *tenders, **more):
        self.refused(409, code, "tenders", "orders.place", self.sale(("TEA", 1000), tenders=list(tenders), **more))

    def shown(self, payments):
        return [(payment["kind"], payment["amount"]) for payment in payments]

    def test_change_comes_from_cash(self):
        self.assertEqual(self.pay(cash(2000))["change"], 10)
        self.assertEqual(self.pay(cash(1990))["change"], 0)
        answer = self.pay(card(1000), cash(2000))
        self.assertEqual((answer["change"], self.shown(answer["order"]["payments"])), (1010, [("card", 1000), ("cash", 990)]))
        answer = self.pay(cash(1500), cash(500), cash(100))
        self.assertEqual((answer["change"], self.shown(answer["order"]["payments"])), (110, [("cash", 1500), ("cash", 490)]))
        answer = self.pay(card(1990), cash(500))
        self.assertEqual((answer["change"], self.shown(answer["order"]["payments"])), (500, [("card", 1990)]))

    def test_refusals(self):
        self.refuse("tender_too_small", cash(1989))
        self.refuse("tender_too_small")
        self.refuse("tender_too_small", card(1000), cash(989))
        self.refuse("change_not_cash", card(1991))
        self.refuse("change_not_cash", card(1000), card(1000))
        self.refused(400, "missing_field", "tenders[0].reference", "orders.place", self.sale(("TEA", 1000), tenders=[card(1990, "  ")]))
        self.refused(400, "missing_field", "tenders[1].reference", "orders.place",
                     self.sale(("TEA", 1000), tenders=[cash(990), {"kind": "card", "amount": 1000}]))
        self.refused(400, "out_of_range", "tenders[0].amount", "orders.place", self.sale(("TEA", 1000), tenders=[cash(0)]))
        self.refused(400, "out_of_range", "tenders", "orders.place", self.sale(("TEA", 1000), tenders=[cash(9007199254740991)] * 2))

    def test_a_card_reference_is_taken_once(self):
        """The terminal's reference proves one payment; the same one again is the same payment again."""
        self.pay(card(1990, "ONCE"))
        self.refuse("reference_used", card(1990, "ONCE"))
        self.refuse("reference_used", card(1000, "TWICE"), card(990, "TWICE"))
        self.pay(card(1990, "TWICE"))
        order = self.pay(card(1990, "GONE"))["order"]["id"]
        self.give_back({"order": order, "line": 1, "qty": 1000})
        self.refuse("reference_used", card(1990, "GONE"))

    def test_one_reference_at_many_tills(self):
        results = []

        def buy():
            client = self.shop.client()
            status, answer = client.call("orders.place", self.sale(("TEA", 1000), tenders=[card(1990, "RACE")]))
            results.append((status, answer.get("code")))
            client.close()

        buyers = [threading.Thread(target=buy) for _ in range(8)]
        for buyer in buyers:
            buyer.start()
        for buyer in buyers:
            buyer.join()
        self.assertEqual(sorted(results), [(200, None)] + [(409, "reference_used")] * 7)

    def test_money_goes_back_as_it_was_paid_cards_first(self):
        order = self.pay(card(1000, "BACK-1"), cash(2980), qty=2000)["order"]["id"]
        done = self.give_back({"order": order, "line": 1, "qty": 1000})
        self.assertEqual(self.shown(done["payments"]), [("card", 1000), ("cash", 990)])
        self.assertEqual(done["payments"][0]["reference"], "BACK-1")
        done = self.give_back({"order": order, "line": 1, "qty": 1000})
        self.assertEqual(self.shown(done["payments"]), [("cash", 1990)])
        listed = self.shop.ok("payments.list", {"order": order})["payments"]
        self.assertEqual(sorted((p["kind"], p["amount"], p["state"]) for p in listed),
                         [("card", 1000, "captured"), ("card", 1000, "refunded"), ("cash", 990, "refunded"), ("cash", 1990, "refunded"),
                          ("cash", 2980, "captured")])
        paid = next(p for p in listed if p["kind"] == "card" and p["state"] == "captured")
        self.assertEqual(paid["refunded"], 1000)
        self.assertEqual([p.get("of") for p in listed if p["kind"] == "card" and p["state"] == "refunded"], [paid["id"]])

    def test_the_customer_may_wish(self):
        order = self.pay(card(1000, "WISH-1"), card(1990, "WISH-2"), cash(990), qty=2000)["order"]["id"]

        def give(*tenders):
            return self.shop.call("orders.return", self.back({"order": order, "line": 1, "qty": 1000}, tenders=list(tenders)))

        for code, tenders in [("tenders_not_refund", [cash(1989)]), ("tenders_not_refund", [cash(1000), card(1000)]),
                              ("refund_above_paid", [cash(1990)]), ("refund_above_paid", [cash(991), card(999)])]:
            status, answer = give(*tenders)
            self.assertEqual((status, answer["code"], answer["field"]), (409, code, "tenders"))
        status, answer = give(cash(100), card(1890, "WISH-2"))
        self.assertEqual(status, 200, answer)
        self.assertEqual([(p["kind"], p["amount"], p.get("reference")) for p in answer["return"]["payments"]],
                         [("card", 1890, "WISH-2"), ("cash", 100, None)])
        status, answer = give(cash(891), card(1099))
        self.assertEqual((status, answer["code"]), (409, "refund_above_paid"))
        status, answer = give(cash(890), card(1100, "SLIP-9"))
        self.assertEqual(status, 200, answer)
        self.assertEqual(sum(p["amount"] for p in answer["return"]["payments"] if p["kind"] == "card"), 1100)

    def test_without_receipt_only_cash(self):
        line = {"sku": "TEA", "qty": 1000, "price": 500}
        self.refused(409, "refund_above_paid", "tenders", "orders.return", self.back(line, tenders=[card(500)]))
        done = self.give_back(line, tenders=[cash(500)])
        self.assertEqual(self.shown(done["payments"]), [("cash", 500)])
        order = self.pay(card(1990, "MIX-1"))["order"]["id"]
        done = self.give_back(line, {"order": order, "line": 1, "qty": 1000})
        self.assertEqual(sorted(self.shown(done["payments"])), [("card", 1990), ("cash", 500)])

    def test_a_refused_refund_changes_nothing(self):
        order = self.pay(card(1990, "KEEP-1"))["order"]["id"]
        before = self.stock("TEA")
        self.refused(409, "refund_above_paid", "tenders", "orders.return",
                     self.back({"order": order, "line": 1, "qty": 1000}, tenders=[cash(1990)]))
        self.assertEqual(self.stock("TEA"), before)
        got = self.shop.ok("orders.get", {"id": order})
        self.assertEqual((got["order"]["lines"][0]["returned"], got["returns"]), (0, []))

    def test_rights(self):
        order = self.pay(cash(1990))["order"]["id"]
        self.refused(403, "forbidden", None, "payments.list", {"order": order}, key=self.cashier)
        status, _ = self.shop.call("payments.record", {"order": order, "due": 1})
        self.assertEqual(status, 404)
        self.verified()


if __name__ == "__main__":
    unittest.main()
