"""Fraud stories of what is refused: by limits, by second persons, and because money and points are checked where they are spent."""

import threading

from customers import new_phone
from fraud_shop import CASH, DAY, PLACE

WRONG_CODE = "2222 2222 2222 2222 2222"


class Refused:
    def story_a_large_refund_alone(self):
        cashier, other = self.honest[0], self.honest[1]
        body = cashier.back(self.dear())
        asked = self.blocked(409, "approval_needed", cashier, "orders.return", body)["approval"]["request"]
        self.blocked(403, "forbidden", other, "identity.approval.give", {"request": asked})
        self.blocked(409, "approval_needed", cashier, "orders.return", body, headers={"Merx-Approval": asked})

    def story_a_manager_approves_herself(self):
        asked = self.blocked(409, "approval_needed", self.managers[0], "orders.return", self.managers[0].back(self.dear()))["approval"]["request"]
        self.blocked(409, "own_request", self.managers[0], "identity.approval.give", {"request": asked})

    def story_a_large_refund_in_small_ones(self):
        cashier, order = self.honest[2], self.dear()
        body, pieces = cashier.back(order), order["lines"][0]["qty"] // 1000
        part = lambda qty: {**body, "lines": [{**body["lines"][0], "qty": qty * 1000}]}
        cashier.ok("orders.return", part(pieces // 2))
        self.blocked(409, "approval_needed", cashier, "orders.return", part(pieces - pieces // 2))

    def story_the_same_goods_twice(self):
        order = self.buy(self.honest[3])
        self.honest[3].take_back(order)
        self.blocked(409, "already_returned", self.honest[4], "orders.return", self.honest[4].back(order))

    def story_more_back_than_was_paid(self):
        cashier = self.honest[5]
        body = cashier.back(self.buy(cashier))
        body["lines"][0]["price"] = 40000
        self.blocked(409, "refund_above_paid", cashier, "orders.return", body)

    def story_cash_for_a_card(self):
        """Paid by a stolen card, given back in cash."""
        cashier = self.honest[5]
        total = self.prices[self.skus[0]]
        order = self.buy(cashier, tenders=[{"kind": "card", "amount": total, "reference": "stolen-1"}])
        self.blocked(409, "refund_above_paid", cashier, "orders.return", cashier.back(order, tenders=[{"kind": "cash", "amount": total}]))

    def story_one_card_slip_for_two_sales(self):
        cashier, total = self.honest[6], self.prices[self.skus[0]]
        tenders = [{"kind": "card", "amount": total, "reference": "slip-7"}]
        self.buy(cashier, tenders=tenders)
        self.blocked(409, "reference_used", cashier, "orders.place", cashier.sale([(self.skus[0], 1)], tenders=tenders))

    def story_a_gift_card_for_nothing(self):
        load = {"kind": "gift_card", "amount": 5000, "location": PLACE}
        self.blocked(409, "tender_too_small", self.honest[7], "wallet.load", {**load, "tenders": [{"kind": "cash", "amount": 1}]})
        self.blocked(409, "tender_not_allowed", self.honest[7], "wallet.load",
                     {**load, "tenders": [{"kind": "gift_card", "amount": 5000, "reference": self.card(5000)[1]}]})
        self.blocked(403, "forbidden", self.honest[7], "wallet.correct", {"account": self.card(100)[0], "amount": 5000, "reason": "a mistake"})

    def story_guessed_gift_cards(self):
        """Five tries a minute, and the right one is not told from the wrong ones after that."""
        guesser = self.honest[8]
        codes = [guesser.call("wallet.look", {"code": WRONG_CODE}, idem=False)[1]["code"] for _ in range(8)]
        self.assertEqual(codes[:1], ["card_unknown"])
        self.assertNotIn(codes[-1], ("card_unknown",), "guessed without end")
        status, answer = guesser.call("wallet.look", {"code": self.card(100)[1]}, idem=False)
        self.assertEqual((status, answer["code"]), (429, "too_many"), answer)

    def at_once(self, workers, body):
        """-> problem codes, None where it was sold"""
        codes = []

        def place(worker):
            status, answer = worker.call("orders.place", {**body, "till": worker.till})
            codes.append(None if status == 200 else answer["code"])

        threads = [threading.Thread(target=place, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(codes, key=str)

    def story_one_gift_card_at_two_tills(self):
        total = self.prices[self.skus[0]]
        body = self.honest[0].sale([(self.skus[0], 1)], tenders=[{"kind": "gift_card", "amount": total, "reference": self.card(total)[1]}])
        self.assertEqual(self.at_once(self.honest[:2], body), [None, "card_short"])

    def story_one_coupon_at_two_tills(self):
        made = self.shop.ok("promotions.coupon.issue", {"rule": "welcome", "code": True})["coupon"]["id"]
        code = self.shop.ok("promotions.coupon.reveal", {"id": made}, idem=False)["code"]
        self.assertEqual(self.at_once(self.honest[2:4], self.honest[2].sale([(self.skus[0], 1)], coupons=[code])), [None, "coupon_not_usable"])

    def story_points_with_a_phone_number_alone(self):
        member = self.member()
        self.managers[0].ok("loyalty.points.adjust", {"member": member, "points": 500, "reason": "a complaint"})
        tenders = [{"kind": "points", "amount": 100}] + CASH
        self.blocked(409, "proof_needed", self.honest[9], "orders.place", self.honest[9].sale([(self.skus[0], 1)], member=member, tenders=tenders))
        tenders[0]["proof"] = "123456"
        self.blocked(409, "proof_wrong", self.honest[9], "orders.place", self.honest[9].sale([(self.skus[0], 1)], member=member, tenders=tenders))
        self.blocked(403, "forbidden", self.honest[9], "identity.customer.pin.set", {"pin": "497208"})

    def story_points_of_goods_that_go_back(self):
        """Bought, the points sent off, and brought back: what the goods earned is owed."""
        self.shop.ok("loyalty.settings.put", {"negative": "owe"})
        phone = new_phone()
        member = self.shop.ok("membership.join", {"phone": phone})["member"]["id"]
        self.shop.ok("identity.customer.pin.set", {"pin": "497208"}, key=self.login(phone))
        order = self.buy(self.honest[1], 20, member=member)
        self.assertGreater(order["points_earned"], 0)
        self.buy(self.honest[1], member=member, tenders=[{"kind": "points", "amount": order["points_earned"], "proof": "497208"}] + CASH)
        self.honest[1].take_back(order)
        self.assertLess(self.shop.ok("loyalty.points.balance", {"member": member})["points"], 10)

    def story_a_sale_of_last_month(self):
        self.blocked(403, "forbidden", self.honest[2], "orders.place", self.honest[2].sale([(self.skus[0], 1)], at=self.begin - 30 * DAY))

    def story_a_large_gift_of_points(self):
        body = {"member": self.member(), "points": 5000, "reason": "a complaint"}
        asked = self.blocked(409, "approval_needed", self.managers[1], "loyalty.points.adjust", body)["approval"]["request"]
        self.blocked(409, "own_request", self.managers[1], "identity.approval.give", {"request": asked})

    def story_in_a_shop_that_is_not_hers(self):
        self.blocked(403, "forbidden", self.other_store, "orders.place", self.other_store.sale([(self.skus[0], 1)]))
        self.blocked(403, "forbidden", self.other_store, "orders.return", self.other_store.back(self.old[0]))

    def story_the_same_key_for_another_sale(self):
        """The answer of a small sale shall stand for a large one."""
        cashier = self.honest[3]
        self.assertEqual(cashier.call("orders.place", cashier.sale([(self.skus[0], 1)]), idem="fraud-1")[0], 200)
        self.blocked(422, "key_reused", cashier, "orders.place", cashier.sale([(self.skus[0], 9)]), idem="fraud-1")

    def story_who_hides_the_tracks(self):
        """Neither rights nor policies nor the report are theirs whom they bind."""
        cashier, manager = self.honest[4], self.managers[1]
        self.blocked(403, "forbidden", manager, "identity.policy.remove", {"act": "orders.refund"})
        self.blocked(403, "forbidden", manager, "identity.role.put", {"code": "cashier", "permissions": ["approvals.refund"]})
        self.blocked(403, "forbidden", manager, "shop.settings.put", {"exceptions_least": 1000000})
        self.blocked(403, "forbidden", cashier, "system.exceptions.list", {}, idem=False)
        self.blocked(403, "forbidden", cashier, "system.log.list", {}, idem=False)
        self.blocked(403, "forbidden", cashier, "privacy.export.ask", {"member": self.members[0]})
