"""Customers spread the word (S2-11): both sides are rewarded after the friend's first kept order, and not for one's own second self."""

import unittest

import merx

DAY = 86400000


class ReferralTest(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shop = cls.shop
        shop.ok("shop.settings.put", {"practice": True})
        shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "Asia/Shanghai"})
        shop.ok("catalog.product.put", {"sku": "CUP", "name": {"en": "Cup"}, "price": 1000, "unit": "piece", "category": "cups", "tax_ppm": 0})
        shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "CUP", "qty": 100000000}]})
        shop.ok("loyalty.settings.put", {"minor_per_point": 1000000000})
        shop.ok("rewards.settings.put", {"referrer_points": 100, "friend_points": 50, "window_days": 14, "min_total": 2000, "referrals_max": 3, "referrals_a_day": 2})
        cls.number, cls.phones = 13800000000, {}

    def join(self, code=None):
        type(self).number += 1
        body = {"phone": "+86%d" % self.number, "name": "Wang", **({"referral": code} if code else {})}
        member = self.shop.ok("membership.join", body)["member"]["id"]
        self.phones[member] = body["phone"]
        return member

    def person(self, member):
        return self.shop.ok("identity.person.find", {"kind": "phone", "value": self.phones[member]})["person"]

    def code(self, member):
        return self.shop.ok("rewards.referral.code", {"member": member})["code"]

    def buy(self, member, pieces=2):
        return self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "CUP", "qty": 1000 * pieces}],
                                             "tenders": [{"kind": "cash", "amount": 1000 * pieces}]})["order"]["id"]

    def give_back(self, order, pieces):
        self.shop.ok("orders.return", {"location": "store-1", "reason": "broken", "lines": [{"order": order, "line": 1, "qty": 1000 * pieces, "condition": "sellable"}]})

    def later(self, days):
        self.shop.ok("shop.clock.advance", {"ms": days * DAY})

    def points(self, member):
        return self.shop.ok("loyalty.points.balance", {"member": member})["points"]

    def friend(self, member):
        """How far the referral of the member's only friend is."""
        return [(f["state"], f.get("reason", "")) for f in self.shop.ok("rewards.referral.graph", {"member": member})["friends"]]

    def wait_for(self, member, state):
        for _ in range(200):
            if [s for s, _ in self.friend(member)] == [state]:
                return
            self.shop.ok("shop.clock.advance", {"ms": 1000})
        self.fail(str(self.friend(member)))


class Referrals(ReferralTest):
    def test_both_sides_after_the_first_kept_order(self):
        """S2-11"""
        brings = self.join()
        code = self.code(brings)
        self.assertEqual(self.code(brings), code, "it stays the same")
        friend = self.join(" %s-%s " % (code[:4].lower(), code[4:].lower()))
        self.assertEqual(self.friend(brings), [("joined", "")])
        self.buy(friend, 1)
        self.assertEqual(self.friend(brings), [("joined", "")], "too small an order")
        order = self.buy(friend)
        self.assertEqual(self.friend(brings), [("bought", "")])
        self.later(7)
        self.give_back(order, 1)
        self.assertEqual(self.friend(brings), [("joined", "")], "it was not kept")
        self.later(8)
        self.buy(friend)
        self.later(13)
        self.assertEqual((self.friend(brings), self.points(brings)), ([("bought", "")], 0))
        self.later(2)
        self.wait_for(brings, "rewarded")
        self.assertEqual((self.points(brings), self.points(friend)), (100, 50))
        self.buy(friend)
        self.later(30)
        self.assertEqual((self.points(brings), self.points(friend)), (100, 50), "once")
        counters = {c["name"]: c["value"] for c in self.shop.ok("membership.counter.list", {"member": brings})["counters"]}
        self.assertEqual(counters.get("referrals"), 1)
        self.assertEqual(self.shop.ok("rewards.referral.graph", {"member": friend})["by"], [brings])

    def test_an_unknown_code_keeps_nobody_out(self):
        self.assertTrue(self.join("NOBODY-00"))

    def test_ones_own_second_self(self):
        one = self.join()
        two = self.join(self.code(one))
        self.buy(two)
        self.shop.ok("identity.person.merge", {"from": self.person(two), "into": self.person(one), "reason": "the same"})
        self.later(15)
        self.wait_for(one, "refused")
        self.assertEqual((self.friend(one), self.points(one)), ([("refused", "self")], 0))

    def test_a_ring(self):
        one = self.join()
        two = self.join(self.code(one))
        three = self.join(self.code(two))
        # somebody who was brought by the third turns out to be the first
        four = self.join(self.code(three))
        self.shop.ok("identity.person.merge", {"from": self.person(four), "into": self.person(one), "reason": "the same"})
        self.buy(two)
        self.later(15)
        self.wait_for(one, "refused")
        self.assertEqual(self.friend(one), [("refused", "ring")])

    def test_what_comes_back_later_takes_the_reward_with_it(self):
        brings = self.join()
        friend = self.join(self.code(brings))
        order = self.buy(friend)
        self.later(15)
        self.wait_for(brings, "rewarded")
        self.give_back(order, 1)
        self.assertEqual((self.friend(brings), self.points(brings), self.points(friend)), ([("refused", "returned")], 0, 0))
        counters = {c["name"]: c["value"] for c in self.shop.ok("membership.counter.list", {"member": brings})["counters"]}
        self.assertEqual(counters.get("referrals"), 0)
        self.give_back(order, 1)
        self.buy(friend)
        self.later(30)
        self.assertEqual((self.friend(brings), self.points(brings), self.points(friend)), ([("refused", "returned")], 0, 0))

    def test_somebody_of_the_chain_was_forgotten(self):
        one = self.join()
        two = self.join(self.code(one))
        three = self.join(self.code(two))
        self.shop.ok("privacy.erase", {"member": one, "reason": "she asked for it"})
        self.buy(three)
        self.later(15)
        self.wait_for(two, "rewarded")
        self.assertEqual((self.points(two), self.points(three)), (100, 50))
        self.assertEqual(self.shop.ok("rewards.referral.graph", {"member": three})["by"], [two, one])

    def test_who_brings_friends_was_forgotten(self):
        one = self.join()
        two = self.join(self.code(one))
        self.buy(two)
        self.shop.ok("privacy.erase", {"member": one, "reason": "she asked for it"})
        self.later(15)
        for _ in range(200):
            graph = self.shop.ok("rewards.referral.graph", {"member": two})
            if graph["state"] != "bought":
                break
            self.shop.ok("shop.clock.advance", {"ms": 1000})
        self.assertEqual((graph["state"], graph["reason"], self.points(two)), ("refused", "gone", 0))

    def test_too_many_too_fast(self):
        one = self.join()
        friends = [self.join(self.code(one)) for _ in range(4)]
        for friend in friends:
            self.buy(friend)
        self.later(15)
        for _ in range(200):
            states = [s for s, _ in self.friend(one)]
            if "bought" not in states:
                break
            self.shop.ok("shop.clock.advance", {"ms": 1000})
        self.assertEqual(sorted(self.friend(one)), [("refused", "fast"), ("refused", "fast"), ("rewarded", ""), ("rewarded", "")])


class Shared(ReferralTest):
    """What friends share makes one wonder, and a person decides: paid with the same card, used the same device."""

    def pair(self, payers=None, devices=None):
        """Who brings a friend, her phone, and the friend, who has bought."""
        one = self.join()
        if payers:
            self.buy_by_card(one, payers[0])
        friend = self.join(self.code(one))
        for member, device in zip((one, friend), devices or ()):
            self.shop.ok("rewards.referral.device", {"member": member, "device": device})
        if payers:
            self.buy_by_card(friend, payers[1])
        else:
            self.buy(friend)
        return one, self.phones[one], friend

    def buy_by_card(self, member, payer):
        type(self).number += 1
        tender = {"kind": "card", "amount": 2000, "reference": "term-%d" % self.number, **({"payer": payer} if payer else {})}
        order = self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "CUP", "qty": 2000}],
                                              "tenders": [tender]})["order"]
        self.assertNotIn("payer", str(order), "nobody is told on the receipt")
        return order["id"]

    def held(self, friend):
        return [held for held in self.shop.ok("rewards.referral.held", idem=False)["referrals"] if held["friend_id"] == friend]

    def exceptions(self):
        return {row["kind"]: row["count"] for row in self.shop.ok("system.exceptions.list", {"by": "till"})["exceptions"]}

    def test_cards_of_their_own_keep_nobody(self):
        one, _, friend = self.pair(payers=("card-a", "card-b"))
        self.buy_by_card(friend, None)  # a terminal that says nothing
        self.later(15)
        self.wait_for(one, "rewarded")

    def test_the_same_card_paid_for_both(self):
        one, phone, friend = self.pair(payers=("tok_same", "tok_same"))
        self.later(15)
        self.wait_for(one, "held")
        self.assertEqual((self.friend(one), self.points(one), self.points(friend)), ([("held", "payment")], 0, 0))
        self.assertEqual([(held["referrer"], held["reason"]) for held in self.held(friend)], [(one, "payment")])
        self.assertIn("referral_held", self.exceptions())
        body = {"friend_id": friend, "reward": True, "note": "sisters, I know them"}
        self.refused(403, "forbidden", None, "rewards.referral.decide", body, key=self.shop.make_key("cashier"))
        self.refused(400, "missing_field", "note", "rewards.referral.decide", {**body, "note": " "})
        decided = self.shop.ok("rewards.referral.decide", body)
        self.assertEqual((decided["state"], self.friend(one), self.points(one), self.points(friend)), ("rewarded", [("rewarded", "payment")], 100, 50))
        self.assertIn("referral_allowed", self.exceptions())
        self.refused(409, "not_held", "friend_id", "rewards.referral.decide", body)
        self.assertEqual(self.held(friend), [])
        self.assertNotIn("tok_same", self.shop.dumped() + self.shop.log_text())

    def test_the_same_device(self):
        one, phone, friend = self.pair(devices=("install-7", "install-7"))
        self.later(15)
        self.wait_for(one, "held")
        self.assertEqual(self.friend(one), [("held", "device")])
        decided = self.shop.ok("rewards.referral.decide", {"friend_id": friend, "reward": False, "note": "one phone, one person"})
        self.assertEqual((decided["state"], self.friend(one), self.points(one), self.points(friend)), ("refused", [("refused", "device")], 0, 0))
        self.assertNotIn("install-7", self.shop.dumped() + self.shop.log_text())

    def test_the_same_gift_card_paid_for_both(self):
        account = self.shop.ok("wallet.load", {"kind": "gift_card", "amount": 9000, "location": "store-1", "tenders": [{"kind": "cash", "amount": 9000}]})["account"]
        code = self.shop.ok("wallet.card.reveal", {"account": account}, idem=False)["code"]
        one = self.join()
        for member in (one, self.join(self.code(one))):
            self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "CUP", "qty": 2000}],
                                          "tenders": [{"kind": "gift_card", "amount": 2000, "reference": code}]})
        self.later(15)
        self.wait_for(one, "held")
        self.assertEqual(self.friend(one), [("held", "payment")])

    def test_devices_that_were_noted_long_ago_are_forgotten(self):
        self.shop.ok("privacy.retention.put", {"name": "rewards.device", "days": 3})
        one, _, friend = self.pair(devices=("install-5", "install-5"))
        for _ in range(15):
            self.later(1)
        self.wait_for(one, "rewarded")
        self.shop.ok("privacy.retention.put", {"name": "rewards.device", "days": 0})

    def test_devices_of_their_own_keep_nobody(self):
        one, _, friend = self.pair(devices=("install-8", "install-9"))
        self.later(15)
        self.wait_for(one, "rewarded")

    def test_goods_that_come_back_while_it_is_held(self):
        one, _, friend = self.pair(payers=("tok_back", "tok_back"))
        order = self.held_order(one, friend)
        self.shop.ok("orders.return", {"location": "store-1", "reason": "broken", "lines": [{"order": order, "line": 1, "qty": 1000, "condition": "sellable"}]})
        self.assertEqual((self.friend(one), self.held(friend)), ([("joined", "")], []))

    def held_order(self, one, friend):
        self.later(15)
        self.wait_for(one, "held")
        return self.held(friend)[0]["order"]

    def test_something_else_that_speaks_against_it_still_does(self):
        one, _, friend = self.pair(payers=("tok_self", "tok_self"))
        self.held_order(one, friend)
        self.shop.ok("identity.person.merge", {"from": self.person(friend), "into": self.person(one), "reason": "the same"})
        decided = self.shop.ok("rewards.referral.decide", {"friend_id": friend, "reward": True, "note": "fine with me"})
        self.assertEqual((decided["state"], self.points(one)), ("refused", 0))

    def test_what_the_shop_suspects_stays_with_the_shop(self):
        """A customer sees a friend who bought; an export to her says no more."""
        one, phone, friend = self.pair(payers=("tok_veil", "tok_veil"))
        self.held_order(one, friend)
        self.shop.ok("rewards.referral.decide", {"friend_id": friend, "reward": False, "note": "the same person"})
        told = self.shop.ok("privacy.export.fetch", {"id": self.shop.ok("privacy.export.ask", {"member": one})["id"]})["sections"]["rewards"]["referrals"]
        self.assertEqual([(f["member"], f["state"], f.get("reason", "")) for f in told["friends"]], [(friend, "refused", "")])

    def test_a_card_number_is_no_token(self):
        tender = {"kind": "card", "amount": 2000, "reference": "x", "payer": "4111 1111 1111 1111"}
        status, answer = self.shop.call("orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": "CUP", "qty": 2000}], "tenders": [tender]})
        self.assertEqual((status, answer["code"]), (400, "looks_like_card_number"), answer)
        self.assertNotIn("4111", str(answer))


if __name__ == "__main__":
    unittest.main()
