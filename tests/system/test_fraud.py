"""Fraud stories (reliability 52): 36 ways to steal from a shop, over HTTP and in the roles of real staff and customers, among
thousands of clean orders. Each is refused, or stands in the exception report at once; and nobody decent is accused."""

import threading
import unittest

import merx
from customers import new_phone
from fraud_shop import CASH, DAY, DAYS, PLACE, FraudShop, Worker

STOLEN = merx.fewer(110, 30)  # receipts that customers left behind
WRONG_CODE = "2222 2222 2222 2222 2222"


class Fraud(FraudShop):
    """A feature of S1-12, S2-11."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("sweetheart", "no-goods", "old-receipts", "voids", "own-card", "own-coupon", "dropped-carts", "small-points")
        for name in names:
            cls.thief("till-" + name)
        for name in ("pays-out", "unlinks", "one-dear-thing", "always-approved"):
            cls.thief(name)
        cls.thief("writes-off", "warehouse")
        cls().product("DEAR", price=90000, below_zero=True)
        cls.shop.ok("rewards.settings.put", {"referrer_points": 500, "friend_points": 50, "window_days": 1, "min_total": 100})
        cls.storekeeper = Worker(cls.shop, "storekeeper", "warehouse")
        for name in ("gives-points", "pools", "nosy"):
            cls.thief(name, "manager")
        cls.other_store = cls.thief("elsewhere", locations=["store-2"])
        cls.listed = {}  # who -> the kind that accuses her
        cls.old = []
        cls.referrals = []  # (who brought whom, how it must end, why)
        cls.begin = cls.shop.ok("shop.clock.get")["now"]
        cls.skus = sorted(sku for sku, price in cls.prices.items() if 200 <= price <= 2000)

    # ---- helpers ----

    def buy(self, worker, pieces=1, sku=None, **more):
        return worker.sell([(sku or self.skus[0], pieces)], **more)

    def stands(self, worker, kind, about=None):
        """It is in the report now, for whoever reads it."""
        rows = self.managers[0].ok("system.exceptions.list", {"from": self.begin}, idem=False)["exceptions"]
        row = [row for row in rows if (row.get("who"), row["kind"]) == (worker.id, kind)]
        self.assertTrue(row, "%s by %s is not listed: %s" % (kind, worker.login, [r for r in rows if r.get("who") == worker.id]))
        if about:
            self.assertEqual(row[0].get("about"), about)
        self.listed[worker.id] = kind

    def blocked(self, status, code, worker, op, body, **more):
        got, answer = worker.call(op, body, **more)
        self.assertEqual((got, answer.get("code")), (status, code), answer)
        return answer

    def member(self, **more):
        return self.shop.ok("membership.join", {"phone": new_phone(), **more})["member"]["id"]

    def card(self, amount, worker=None):
        body = {"kind": "gift_card", "amount": amount, "location": PLACE, "tenders": [{"kind": "cash", "amount": amount}]}
        account = (worker or self.honest[0]).ok("wallet.load", body)["account"]
        return account, (worker or self.honest[0]).ok("wallet.card.reveal", {"account": account}, idem=False)["code"]

    # ---- what is allowed, and is seen ----

    def story_sweethearting(self):
        """Friends get it for a tenth."""
        thief = self.thieves["till-sweetheart"]
        for _ in range(merx.fewer(30, 12)):
            thief.sell([{"sku": self.skus[1], "qty": 1000, "price": self.prices[self.skus[1]] // 10, "reason": "a scratch"}])
        self.stands(thief, "price_override")

    def story_one_dear_thing_for_a_penny(self):
        """Once is enough."""
        thief = self.thieves["one-dear-thing"]
        thief.sell([{"sku": "DEAR", "qty": 1000, "price": 1, "reason": "a scratch"}])
        self.stands(thief, "large_override")

    def story_a_manager_who_approves_everything(self):
        """Large refunds go through two hands, and it is always the same two."""
        thief = self.thieves["always-approved"]
        for _ in range(8):
            self.approved_refund(thief, self.managers[0])
        self.stands(thief, "approval_used")

    def story_stock_that_broke(self):
        """What was carried out is written off."""
        thief = self.thieves["writes-off"]
        for sku in self.skus[:20]:
            thief.ok("inventory.adjust", {"location": PLACE, "lines": [{"sku": sku, "qty": -1000}], "reason": "broken"})
        self.stands(thief, "stock_by_hand")

    def story_goods_that_never_came(self):
        """Money out of the drawer for goods nobody brought, without receipt."""
        thief = self.thieves["till-no-goods"]
        for _ in range(merx.fewer(15, 8)):
            thief.ok("orders.return", {"location": PLACE, "till": thief.till, "reason": "a present", "lines": [{"sku": self.skus[2], "qty": 1000}]})
        self.stands(thief, "refund_without_receipt")

    def story_receipts_from_the_bin(self):
        """Refunds on receipts that customers left behind."""
        thief = self.thieves["till-old-receipts"]
        for order in self.old[-STOLEN:]:
            thief.take_back(order, len(order["lines"]))
        self.stands(thief, "refund")

    def story_void_after_the_customer_left(self):
        """A cash sale is taken back a minute later; the customer has the goods, the cashier the money."""
        thief = self.thieves["till-voids"]
        for _ in range(merx.fewer(15, 8)):
            thief.take_back(self.buy(thief))
        self.stands(thief, "refund_soon")

    def story_own_card_on_customers_sales(self):
        """Strangers earn points for her."""
        thief, mine = self.thieves["till-own-card"], self.member()
        for _ in range(merx.fewer(40, 30)):
            self.buy(thief, member=mine)
        self.stands(thief, "one_member_often", about=mine)

    def story_coupon_of_the_drawer(self):
        """The customer pays the full price, the coupon goes in afterwards and the difference into a pocket."""
        thief = self.thieves["till-own-coupon"]
        for _ in range(merx.fewer(90, 25)):
            self.buy(thief, coupons=["SPRING"])
        self.stands(thief, "coupon_used")

    def story_carts_that_are_never_sold(self):
        """The price is told, the money taken, the cart dropped."""
        thief = self.thieves["till-dropped-carts"]
        for _ in range(merx.fewer(15, 8)):
            thief.ok("orders.held.drop", {"held": thief.ok("orders.hold", thief.sale([(self.skus[0], 1)]))["held"]})
        self.stands(thief, "cart_dropped")

    def story_rests_of_gift_cards(self):
        """What customers forget on their cards is paid out, to her."""
        thief = self.thieves["pays-out"]
        for _ in range(8):
            thief.ok("wallet.unload", {"code": self.card(400)[1], "amount": 400, "location": PLACE, "reason": "the rest"})
        self.stands(thief, "gift_card_paid_out")

    def story_points_for_a_friend(self):
        thief, friend = self.thieves["gives-points"], self.member()
        for _ in range(15):
            thief.ok("loyalty.points.adjust", {"member": friend, "points": 900, "reason": "a complaint"})
        self.stands(thief, "points_by_hand")

    def story_many_small_redemptions(self):
        """Points of several hijacked accounts, a few at a time."""
        thief, phone = self.thieves["till-small-points"], new_phone()
        member = self.shop.ok("membership.join", {"phone": phone})["member"]["id"]
        self.shop.ok("identity.customer.pin.set", {"pin": "497208"}, key=self.login(phone))
        self.managers[1].ok("loyalty.points.adjust", {"member": member, "points": 500, "reason": "a complaint"})
        for _ in range(10):
            self.buy(thief, member=member, tenders=[{"kind": "points", "amount": 10, "proof": "497208"}] + CASH)
        self.stands(thief, "points_spent")

    def story_addresses_for_sale(self):
        """One customer's data after the other, without a sale."""
        thief = self.thieves["nosy"]
        for member in self.members[:60]:
            thief.ok("membership.get", {"id": member}, idem=False)
        self.stands(thief, "personal_data_shown")

    def story_customers_lose_their_cards(self):
        """Cards are taken off customers, to be bound to somebody else."""
        thief = self.thieves["unlinks"]
        for number in range(8):
            known = {"person": self.strangers(1)[0], "kind": "card", "value": "F-%d" % number}
            self.shop.ok("identity.person.link", known)
            thief.ok("identity.person.unlink", known)
        self.stands(thief, "identifier_taken_away")

    def story_strangers_become_one(self):
        """Accounts with points are merged into the manager's own."""
        thief, (mine, *others) = self.thieves["pools"], self.strangers(15)
        for stranger in others:
            thief.ok("identity.person.merge", {"from": stranger, "into": mine, "reason": "the same"})
        self.stands(thief, "persons_merged")

    def bring(self, payer=None):
        """A member brings another one, who buys something. -> their phones"""
        phones = [new_phone(), new_phone()]
        one = self.shop.ok("membership.join", {"phone": phones[0]})["member"]["id"]
        two = self.shop.ok("membership.join", {"phone": phones[1], "referral": self.shop.ok("rewards.referral.code", {"member": one})["code"]})["member"]["id"]
        for member in (one, two):
            total = self.prices[self.skus[0]]
            tenders = [{"kind": "card", "amount": total, "reference": "slip-" + member, "payer": payer}] if payer else CASH
            self.buy(self.honest[7], member=member, tenders=tenders)
        return one, phones

    def story_her_own_friend(self):
        """She brings herself, with a second phone."""
        one, phones = self.bring()
        persons = [self.person(phone) for phone in phones]
        self.managers[1].ok("identity.person.merge", {"from": persons[1], "into": persons[0], "reason": "the same"})
        self.referrals.append((one, "refused", "self"))

    def story_a_friend_who_pays_with_her_card(self):
        one, _ = self.bring(payer="tok_same")
        self.referrals.append((one, "held", "payment"))

    # ---- what is refused ----

    def dear(self):
        """An order of 60000 and more."""
        return self.honest[0].sell([(self.skus[-1], 60000 // self.prices[self.skus[-1]] + 1)])

    def approved_refund(self, worker, manager):
        body = worker.back(self.dear())
        asked = self.blocked(409, "approval_needed", worker, "orders.return", body)["approval"]["request"]
        manager.ok("identity.approval.give", {"request": asked})
        worker.ok("orders.return", body, headers={"Merx-Approval": asked})

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

    # ---- all of it ----

    def stories(self):
        return [getattr(self, name) for name in sorted(dir(self)) if name.startswith("story_")]

    def person(self, phone):
        return self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"]

    def strangers(self, count=2):
        """Persons of new members."""
        phones = [new_phone() for _ in range(count)]
        for phone in phones:
            self.shop.ok("membership.join", {"phone": phone})
        return [self.person(phone) for phone in phones]

    def honest_extras(self, day):
        """What people do in a decent shop as well: complaints, two cards of one customer, lost cards, rests of gift cards."""
        manager, cashier = self.managers[day % 2], self.honest[day]
        manager.ok("loyalty.points.adjust", {"member": self.members[0], "points": 50, "reason": "a complaint"})
        one, two = self.strangers()
        manager.ok("identity.person.merge", {"from": one, "into": two, "reason": "the same"})
        lost = {"person": two, "kind": "card", "value": "lost-%d" % day}
        cashier.ok("identity.person.link", lost)
        cashier.ok("identity.person.unlink", lost)
        cashier.ok("wallet.unload", {"code": self.card(200, cashier)[1], "amount": 200, "location": PLACE, "reason": "the rest"})
        self.approved_refund(cashier, manager)
        self.storekeeper.ok("inventory.adjust", {"location": PLACE, "lines": [{"sku": self.skus[day], "qty": -1000}], "reason": "broken"})
        for manager in self.managers:
            for member in self.random.sample(self.members, 2):
                manager.ok("membership.get", {"id": member}, idem=False)

    def test_stories_among_clean_orders(self):
        """S1-12, S2-11: refused, or listed at once; not more than one false alarm in a hundred."""
        stories = self.stories()
        self.assertGreaterEqual(len(stories), 25)
        kept = []
        for day in range(DAYS):
            self.honest_extras(day)
            kept.append(self.day(day, self.old[:-STOLEN], stories[day - 1::DAYS - 1] if day else []))
            self.old = kept[-1]
            self.advance(DAY)
        self.assertFalse(self.failed, self.failed)
        self.referrals_end()
        self.judge(sum(len(orders) for orders in kept))
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])

    def referrals_end(self):
        """Nobody got points for a friend who is herself; what looks like it waits for a person, and is listed."""
        self.assertEqual(len(self.referrals), 2)
        for member, state, reason in self.referrals:
            for _ in range(200):
                friends = self.shop.ok("rewards.referral.graph", {"member": member}, idem=False)["friends"]
                if [friend["state"] for friend in friends] == [state]:
                    break
                self.advance(1000)
            self.assertEqual([(friend["state"], friend["reason"]) for friend in friends], [(state, reason)])
        rows = self.managers[0].ok("system.exceptions.list", {"from": self.begin}, idem=False)["exceptions"]
        self.assertIn("referral_held", [row["kind"] for row in rows])

    def judge(self, orders):
        rows = self.managers[0].ok("system.exceptions.list", {"from": self.begin}, idem=False)["exceptions"]
        alarms = {(row.get("who"), row["kind"]): row for row in rows if row["striking"]}
        names = {worker.id: worker.login for worker in [*self.honest, *self.managers, self.storekeeper, *self.thieves.values()]}
        for who, kind in self.listed.items():
            self.assertTrue((who, kind) in alarms, "%s does not stand out: %s" % (names[who], [row for row in rows if row.get("who") == who]))
        wrong = [(names.get(who, who), row) for (who, kind), row in alarms.items() if who not in self.listed]
        accused = sum(row["count"] for _, row in wrong)
        self.assertLessEqual(accused * 100, orders, wrong)
        self.assertLessEqual(len(wrong) * 100, len(rows), wrong)


if __name__ == "__main__":
    unittest.main()
