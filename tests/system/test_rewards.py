"""Things for points: the front of a queue, hidden articles, seats, coupons and gifts, each in one with the points (S1-12)."""

import threading
import unittest

import customers

RULES = """
reward { id = "front", name = { en = "To the front" }, points = 100, gives = { kind = "queue_jump", days = 7 } }
reward { id = "brew", name = { en = "Hidden brew" }, points = 50, gives = { kind = "unlock", sku = "BREW-7", times = 2, days = 30 } }
reward { id = "class", name = { en = "Brew class" }, points = 200, gives = { kind = "seat", class = "latte-art" } }
reward { id = "off", name = { en = "Ten off" }, points = 30, gives = { kind = "coupon", rule = "ten-off", days = 30 } }
promotion { id = "ten-off", name = { en = "Ten off" }, coupon = true, amount = 1000 }
reward { id = "cup", name = { en = "A cup" }, points = 10, each = 2, total = 3, gives = { kind = "gift", sku = "CUP", days = 1 } }
reward { id = "bar", name = { en = "Whatever is hidden" }, points = 20, gives = { kind = "unlock", sku = "BREW-7" } }
reward { id = "here", name = { en = "A class of this house" }, points = 20, gives = { kind = "seat", location = "store-2" } }
reward { id = "talk", name = { en = "A talk with the roaster" }, points = 5 }
"""
DAY = 86400000


class RewardsTest(customers.CustomerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shop = cls.shop
        for place in ("store-1", "store-2"):
            shop.ok("inventory.location.put", {"id": place, "name": {"en": place}, "zone": "Asia/Shanghai"})
        for sku, more in (("CUP", {}), ("BREW-7", {"hidden": True})):
            shop.ok("catalog.product.put", {"sku": sku, "name": {"en": sku}, "price": 1000, "unit": "piece", "category": "coffee", "tax_ppm": 0, **more})
            shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": sku, "qty": 100000000}]})
        draft = shop.ok("rules.draft.put", {"name": "our-rewards", "source": RULES})["draft"]
        shop.ok("rules.publish", {"draft": draft, "note": "rewards"})
        cls.number = 13900000000

    @classmethod
    def member(cls, points=0, **more):
        """A member with so many points (tens): (id, phone)."""
        cls.number += 1
        phone = "+86%d" % cls.number
        member = cls.shop.ok("membership.join", {"phone": phone, "name": "Lin", **more})["member"]["id"]
        if points:
            cls.buy(member, points // 10)
        return member, phone

    @classmethod
    def buy(cls, member, pieces, sku="CUP"):
        return cls.shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": sku, "qty": 1000 * pieces}],
                                            "tenders": [{"kind": "cash", "amount": 1000 * pieces}]})["order"]

    def points(self, member):
        return self.shop.ok("loyalty.points.balance", {"member": member})["points"]

    def redeem(self, member, phone, reward, **more):
        return self.shop.ok("rewards.redeem", {"member": member, "reward": reward, "proof": self.proof_of(member), **more})["reward"]


class Redeeming(RewardsTest):
    def test_a_phone_number_alone_redeems_nothing(self):
        member, phone = self.member(100)
        self.refused(409, "proof_needed", None, "rewards.redeem", {"member": member, "reward": "talk"})
        self.refused(409, "proof_wrong", None, "rewards.redeem", {"member": member, "reward": "talk", "proof": "000000"})
        self.assertEqual(self.points(member), 100)
        got = self.shop.ok("rewards.redeem", {"member": member, "reward": "talk"}, key=self.login(phone))["reward"]
        self.assertEqual((got["state"], got["points"], self.points(member)), ("held", 5, 95), "the customer herself needs no other proof")

    def test_too_few_points_and_unknown_rewards(self):
        member, phone = self.member(50)
        self.refused(409, "points_short", None, "rewards.redeem", {"member": member, "reward": "class", "proof": self.proof_of(member), "class_id": self.planned(2)})
        self.refused(404, "not_found", "reward", "rewards.redeem", {"member": member, "reward": "moon", "proof": "1"})
        self.refused(404, "not_found", "member", "rewards.redeem", {"member": "mem_" + "0" * 26, "reward": "talk"})
        self.assertEqual((self.points(member), self.shop.ok("rewards.mine", {"member": member})["rewards"]), (50, []))

    def planned(self, seats, code="latte-art", **more):
        at = self.shop.ok("shop.clock.get")["now"] + 7 * DAY
        return self.shop.ok("rewards.class.put", {"code": code, "name": {"en": "Latte art"}, "location": "store-1", "at": at, "seats": seats, **more})["class"]["id"]

    def test_the_front_of_a_queue(self):
        """S1-12: a token for the queue of the store, used once."""
        member, phone = self.member(200)
        enter = lambda **more: self.shop.ok("rewards.queue.enter", {"location": "store-1", **more})["ticket"]
        first, second, hers = enter(), enter(), enter(member=member)
        self.assertEqual([t["ahead"] for t in (first, second, hers)], [0, 1, 2])
        token = self.redeem(member, phone, "front")
        self.assertEqual(self.points(member), 100)
        jumped = self.shop.ok("rewards.queue.jump", {"ticket": hers["id"], "reward": token["id"]}, key=self.login(phone))["ticket"]
        self.assertEqual((jumped["ahead"], jumped["jumped"]), (0, True))
        self.refused(409, "jumped_already", "ticket", "rewards.queue.jump", {"ticket": hers["id"], "reward": token["id"], "proof": self.proof_of(member)})
        self.refused(409, "reward_used", "reward", "rewards.queue.jump", {"ticket": second["id"], "reward": token["id"], "proof": self.proof_of(member)})
        called = [self.shop.ok("rewards.queue.next", {"location": "store-1"})["ticket"]["id"] for _ in range(3)]
        self.assertEqual(called, [hers["id"], first["id"], second["id"]])
        self.assertNotIn("ticket", self.shop.ok("rewards.queue.next", {"location": "store-1"}))
        self.refused(409, "ticket_over", "ticket", "rewards.queue.leave", {"ticket": first["id"]})

    def test_a_hidden_article(self):
        """S1-12: an entitlement to what is not on the menu."""
        member, phone = self.member(100)
        sale = {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "BREW-7", "qty": 1000}], "tenders": [{"kind": "cash", "amount": 1000}]}
        self.refused(409, "article_hidden", None, "orders.place", sale)
        got = self.redeem(member, phone, "brew")
        self.assertEqual((got["sku"], got["times"]), ("BREW-7", 2))
        self.buy(member, 1, "BREW-7")
        self.assertEqual(self.shop.ok("rewards.mine", {"member": member})["rewards"][0]["times"], 1)
        self.buy(member, 1, "BREW-7")
        self.assertEqual(self.shop.ok("rewards.mine", {"member": member})["rewards"][0]["state"], "used")
        self.refused(409, "article_hidden", None, "orders.place", sale)

    def test_a_seat_in_a_class(self):
        """S1-12: a seat in an in-store class, never one more than there are."""
        class_id, other = self.planned(1), self.planned(5, code="cupping")
        (one, phone_1), (two, phone_2) = self.member(400), self.member(400)
        self.refused(409, "class_other", "class_id", "rewards.redeem", {"member": one, "reward": "class", "class_id": other, "proof": self.proof_of(one)})
        seat = self.redeem(one, phone_1, "class", class_id=class_id)
        self.refused(409, "class_full", "class_id", "rewards.redeem", {"member": two, "reward": "class", "class_id": class_id, "proof": self.proof_of(two)})
        self.assertEqual((self.points(one), self.points(two)), (200, 400))
        waits = self.shop.ok("rewards.class.book", {"class_id": class_id, "member": two, "wait": True})["booking"]
        self.assertEqual(waits["state"], "waiting")
        self.shop.ok("rewards.cancel", {"id": seat["id"]})
        self.assertEqual(self.points(one), 400, "an unused reward gives the points back")
        booked = self.shop.ok("rewards.class.bookings", {"class_id": class_id})["bookings"]
        self.assertEqual([(b["member"], b["state"]) for b in booked], [(two, "booked"), (one, "cancelled")])
        self.shop.ok("rewards.class.attended", {"id": waits["id"]})
        counters = {c["name"]: c["value"] for c in self.shop.ok("membership.counter.list", {"member": two})["counters"]}
        self.assertEqual(counters.get("class:latte-art"), 1)

    def test_a_class_that_is_called_off_gives_everything_back(self):
        class_id = self.planned(3)
        (one, phone), (two, _) = self.member(200), self.member()
        self.redeem(one, phone, "class", class_id=class_id)
        self.shop.ok("rewards.class.book", {"class_id": class_id, "member": two})
        self.refused(409, "booked_already", "member", "rewards.class.book", {"class_id": class_id, "member": two})
        self.refused(409, "seats_taken", "seats", "rewards.class.put", {"id": class_id, "seats": 1})
        self.shop.ok("rewards.class.put", {"id": class_id, "called_off": True})
        self.assertEqual((self.points(one), self.shop.ok("rewards.mine", {"member": one})["rewards"][0]["state"]), (200, "cancelled"))
        self.refused(409, "class_over", "class_id", "rewards.class.book", {"class_id": class_id, "member": two})

    def test_200_want_the_last_seats(self):
        class_id = self.planned(3)
        members = [self.member()[0] for _ in range(20)]
        took, lock = [], threading.Lock()

        def book(member):
            client = self.shop.client()
            for _ in range(10):
                status, _ = client.call("rewards.class.book", {"class_id": class_id, "member": member})
                with lock:
                    took.append(status)
            client.close()
        threads = [threading.Thread(target=book, args=(member,)) for member in members]
        [thread.start() for thread in threads], [thread.join() for thread in threads]
        self.assertEqual((took.count(200), took.count(409)), (3, 197))

    def test_a_coupon_and_a_gift(self):
        (member, phone), (other, phone_2) = self.member(200), self.member(100)
        coupon = self.redeem(member, phone, "off")
        self.assertEqual([c["id"] for c in self.shop.ok("promotions.coupon.list", {"member": member})["coupons"]], [coupon["coupon"]])
        self.shop.ok("rewards.cancel", {"id": coupon["id"]})
        self.assertEqual(self.shop.ok("promotions.coupon.get", {"id": coupon["coupon"]})["coupon"]["state"], "void")
        self.advance(60000)
        cups = [self.redeem(member, phone, "cup") for _ in range(2)]
        self.refused(409, "reward_had", "reward", "rewards.redeem", {"member": member, "reward": "cup", "proof": self.proof_of(member)})
        self.redeem(other, phone_2, "cup")
        self.refused(409, "reward_gone", "reward", "rewards.redeem", {"member": other, "reward": "cup", "proof": self.proof_of(other)})
        stock = lambda: self.shop.ok("inventory.stock", {"sku": "CUP", "location": "store-1"})["on_hand"]
        before = stock()
        self.advance(60000)  # codes are asked for five times a minute
        handed = self.shop.ok("rewards.hand_over", {"id": cups[0]["id"], "location": "store-1", "proof": self.proof_of(member)})["reward"]
        self.assertEqual((handed["state"], before - stock()), ("used", 1000))
        self.refused(409, "reward_used", "id", "rewards.hand_over", {"id": cups[0]["id"], "location": "store-1", "proof": self.proof_of(member)})

    def test_a_used_coupon_is_not_given_back(self):
        member, phone = self.member(100)
        reward = self.redeem(member, phone, "off")
        held = self.shop.ok("orders.hold", {"channel": "till", "location": "store-1", "member": member, "coupons": [reward["coupon"]],
                                            "lines": [{"sku": "CUP", "qty": 3000}], "minutes": 10})["held"]
        self.refused(409, "reward_used", "id", "rewards.cancel", {"id": reward["id"]})
        order = self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": member, "coupons": [reward["coupon"]], "held": held,
                                              "lines": [{"sku": "CUP", "qty": 3000}], "tenders": [{"kind": "cash", "amount": 2000}]})["order"]
        self.assertEqual((order["total"], self.shop.ok("promotions.coupon.get", {"id": reward["coupon"]})["coupon"]["state"]), (2000, "used"))
        before = self.points(member)
        self.refused(409, "reward_used", "id", "rewards.cancel", {"id": reward["id"]})
        self.assertEqual(self.points(member), before)
        self.shop.ok("orders.return", {"location": "store-1", "reason": "broken", "lines": [{"order": order["id"], "line": 1, "qty": 3000, "condition": "sellable"}]})
        self.shop.ok("rewards.cancel", {"id": reward["id"]})
        self.assertEqual(self.points(member), 100, "the coupon came back with the goods, and the points with the coupon")

    def test_what_was_opened_and_bought_is_not_given_back(self):
        (one, phone), (two, phone_2) = self.member(100), self.member(100)
        twice, always = self.redeem(one, phone, "brew"), self.redeem(two, phone_2, "bar")
        self.buy(one, 1, "BREW-7"), self.buy(two, 1, "BREW-7")
        for reward in (twice, always):
            self.refused(409, "reward_used", "id", "rewards.cancel", {"id": reward["id"]})
        self.buy(one, 1, "BREW-7"), self.buy(two, 1, "BREW-7")
        states = [self.shop.ok("rewards.mine", {"member": member})["rewards"][0]["state"] for member in (one, two)]
        self.assertEqual(states, ["used", "held"])

    def test_two_lines_open_no_more_than_one(self):
        member, phone = self.member(100)
        self.redeem(member, phone, "brew")
        sale = lambda *pieces: {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "BREW-7", "qty": 1000 * n} for n in pieces],
                                "tenders": [{"kind": "cash", "amount": 1000 * sum(pieces)}]}
        self.refused(409, "unlock_used", None, "orders.place", sale(3))
        self.refused(409, "unlock_used", None, "orders.place", sale(2, 5))
        self.assertEqual(self.shop.ok("rewards.mine", {"member": member})["rewards"][0]["times"], 2)

    def test_a_class_that_began_gives_nothing_back(self):
        class_id = self.planned(3)
        (one, phone), (two, _) = self.member(200), self.member()
        seat = self.redeem(one, phone, "class", class_id=class_id)
        booking = self.shop.ok("rewards.class.book", {"class_id": class_id, "member": two})["booking"]
        self.advance(8 * DAY)
        self.refused(409, "class_over", "id", "rewards.cancel", {"id": seat["id"]})
        self.refused(409, "class_over", "id", "rewards.class.cancel", {"id": booking["id"]})
        self.assertEqual(self.points(one), 0)
        self.shop.ok("rewards.class.put", {"id": class_id, "called_off": True})
        self.assertEqual(self.points(one), 200, "nobody taught")

    def test_an_export_has_everything(self):
        member, phone = self.member(500)
        class_id, other = self.planned(3), self.planned(3)
        code = self.shop.ok("rewards.referral.code", {"member": member})["code"]
        friend, _ = self.member(referral=code)
        bought = self.buy(friend, 1)["id"]
        held = [self.redeem(member, phone, "talk")["id"], self.redeem(member, phone, "class", class_id=class_id)["id"]]
        booking = self.shop.ok("rewards.class.book", {"class_id": other, "member": member})["booking"]["id"]
        token = self.login(phone)
        asked = self.shop.ok("privacy.export.ask", {"member": member}, key=token)["id"]
        kept = self.shop.ok("privacy.export.fetch", {"id": asked}, key=token)["sections"]["rewards"]
        self.assertEqual(sorted(r["id"] for r in kept["rewards"]), sorted(held))
        self.assertEqual((len(kept["bookings"]), booking in [b["id"] for b in kept["bookings"]], kept["grants"]), (2, True, []))
        self.assertEqual((kept["referrals"]["code"], [f["member"] for f in kept["referrals"]["friends"]]), (code, [friend]))
        self.assertNotIn(bought, str(kept), "what a friend bought is the friend's")

    def test_a_member_who_was_forgotten_begins_nothing(self):
        (member, phone), (other, _) = self.member(100), self.member()
        class_id = self.planned(1)
        for who in (member, other):
            self.shop.ok("rewards.class.book", {"member": who, "class_id": class_id, "wait": True})
        proof = self.proof_of(member)
        self.shop.ok("privacy.erase", {"member": member, "reason": "she asked for it"})
        self.refused(404, "not_found", "member", "rewards.redeem", {"member": member, "reward": "talk", "proof": proof})
        self.refused(404, "not_found", "member", "rewards.class.book", {"member": member, "class_id": self.planned(3)})
        self.refused(404, "not_found", "member", "rewards.referral.code", {"member": member})
        states = {b["member"]: b["state"] for b in self.shop.ok("rewards.class.bookings", {"class_id": class_id})["bookings"]}
        self.assertEqual(states, {member: "cancelled", other: "booked"}, "somebody else gets her seat")

    def test_a_seat_of_another_store(self):
        member, phone = self.member(100)
        self.refused(409, "reward_elsewhere", "class_id", "rewards.redeem", {"member": member, "reward": "here", "class_id": self.planned(3), "proof": self.proof_of(member)})
        there = self.planned(3, location="store-2")
        self.assertEqual(self.redeem(member, phone, "here", class_id=there)["state"], "held")

    def test_what_is_hers_is_hers(self):
        (one, phone), (two, _) = self.member(100), self.member(100)
        token = self.login(phone)
        self.refused(403, "forbidden", None, "rewards.redeem", {"member": two, "reward": "talk"}, key=token)
        self.refused(403, "forbidden", None, "rewards.mine", {"member": two}, key=token)
        hers = self.redeem(one, phone, "talk")
        stranger = self.login(self.member()[1])
        self.refused(403, "forbidden", None, "rewards.cancel", {"id": hers["id"]}, key=stranger)


if __name__ == "__main__":
    unittest.main()
