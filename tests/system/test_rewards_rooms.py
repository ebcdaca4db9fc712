"""Queues that end with the day, classes that are called off whatever their size, coupons that are no longer untouched, and whose house it is."""

import time
import unittest

from test_rewards import DAY, RewardsTest

HOUR = 3600000


class Rooms(RewardsTest):
    def planned(self, seats, **more):
        at = self.shop.ok("shop.clock.get")["now"] + 7 * DAY
        return self.shop.ok("rewards.class.put", {"code": "latte-art", "name": {"en": "Latte art"}, "location": "store-1", "at": at, "seats": seats, **more})["class"]["id"]

    def enter(self, location="store-1", **more):
        return self.shop.ok("rewards.queue.enter", {"location": location, **more})["ticket"]

    def waiting(self, location="store-1"):
        return [ticket["id"] for ticket in self.shop.ok("rewards.queue.list", {"location": location})["tickets"]]

    def until_gone(self, get):
        for _ in range(500):
            if not get():
                return
            time.sleep(0.01)
        self.fail(get())

    def to_the_morning(self):
        """To six o'clock of the next day, by the clock on the wall of the stores (UTC+8)."""
        of_day = (self.shop.ok("shop.clock.get")["now"] + 8 * HOUR) % DAY
        self.advance(DAY - of_day + 6 * HOUR)

    def key_for(self, role, location):
        staff = self.shop.ok("identity.principal.put", {"role": role, "name": role})["principal"]["id"]
        self.shop.ok("identity.staff.put", {"id": staff, "locations": [location]})
        return self.shop.ok("identity.key.reveal", {"id": self.shop.ok("identity.key.create", {"principal": staff})["key"]["id"]})["text"]

    def tearDown(self):
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])


class Queues(Rooms):
    def test_nobody_of_yesterday_is_called_and_nothing_of_her_stays(self):
        member, _ = self.member()
        self.to_the_morning()
        self.advance(17 * HOUR)  # eleven at night
        called = self.enter()
        self.shop.ok("rewards.queue.next", {"location": "store-1"})
        late, hers = self.enter(), self.enter(member=member)
        self.assertEqual(self.waiting(), [late["id"], hers["id"]])
        self.advance(90 * 60000)  # half past midnight
        self.assertNotIn("ticket", self.shop.ok("rewards.queue.next", {"location": "store-1"}), "they went home")
        self.until_gone(self.waiting)
        for ticket in (called, late, hers):
            self.refused(404, "not_found", "ticket", "rewards.queue.leave", {"ticket": ticket["id"]})
        early = self.enter()
        self.assertEqual((early["ahead"], early["number"] > hers["number"]), (0, True))
        self.advance(5 * HOUR)
        self.assertEqual(self.shop.ok("rewards.queue.next", {"location": "store-1"})["ticket"]["id"], early["id"])

    def test_a_place_that_there_is_not_is_named(self):
        """Whoever mistypes the location is not told that nobody waits."""
        for op in ("rewards.queue.next", "rewards.queue.list", "rewards.queue.enter"):
            self.refused(404, "not_found", "location", op, {"location": "store-l"}, idem=False if op.endswith("list") else None)

    def test_many_tickets_go_and_those_of_today_stay(self):
        self.to_the_morning()
        for _ in range(130):
            self.enter("store-2")
        self.to_the_morning()
        today = self.enter("store-2")["id"]
        self.until_gone(lambda: [ticket for ticket in self.waiting("store-2") if ticket != today])
        self.assertEqual(self.waiting("store-2"), [today])

    def test_an_export_tells_where_she_waits(self):
        member, phone = self.member()
        self.to_the_morning()
        ticket = self.enter(member=member)
        token = self.login(phone)
        self.shop.ok("rewards.referral.device", {"device": "install-1"}, key=token)
        asked = self.shop.ok("privacy.export.ask", {"member": member}, key=token)["id"]
        kept = self.shop.ok("privacy.export.fetch", {"id": asked}, key=token)["sections"]["rewards"]
        self.assertEqual(([t["id"] for t in kept["tickets"]], kept["devices"]), ([ticket["id"]], 1))
        self.shop.ok("privacy.erase", {"member": member, "reason": "she asked"})
        self.assertNotIn(ticket["id"], self.waiting())


class Classes(Rooms):
    def test_a_large_class_that_is_called_off_gives_all_of_it_back(self):
        """More than one command can do: the rest follows in steps. Points come back into the lots they came from, with the ends they had."""
        self.shop.ok("loyalty.settings.put", {"expires_after_ms": 90 * DAY})
        class_id = self.planned(40)
        paid = []
        for number in range(45):
            member, phone = self.member(200 if number in (0, 20, 39) else 0)
            if number in (0, 20, 39):
                paid.append((member, self.shop.ok("loyalty.points.balance", {"member": member})))
                self.redeem(member, phone, "class", class_id=class_id)
            else:
                self.shop.ok("rewards.class.book", {"class_id": class_id, "member": member, "wait": True})
        self.advance(DAY)
        answer = self.shop.ok("rewards.class.put", {"id": class_id, "called_off": True})["class"]
        self.assertTrue(answer["called_off"])
        self.refused(409, "class_over", "class_id", "rewards.class.book", {"class_id": class_id, "member": self.member()[0]})
        bookings = lambda: self.shop.ok("rewards.class.bookings", {"class_id": class_id})["bookings"]
        self.until_gone(lambda: [b for b in bookings() if b["state"] in ("booked", "waiting")])
        self.assertEqual([b["state"] for b in bookings()], ["cancelled"] * 45)
        for member, before in paid:
            after = self.shop.ok("loyalty.points.balance", {"member": member})
            self.assertEqual((after["points"], [lot["expires_at"] for lot in after["lots"]]), (200, [lot["expires_at"] for lot in before["lots"]]))
            self.assertEqual(self.shop.ok("rewards.mine", {"member": member})["rewards"][0]["state"], "cancelled")
        self.shop.ok("loyalty.settings.put", {"expires_after_ms": 0})

    def test_nobody_was_at_a_class_that_was_called_off(self):
        class_id = self.planned(20)
        bookings = [self.shop.ok("rewards.class.book", {"class_id": class_id, "member": self.member()[0]})["booking"]["id"] for _ in range(18)]
        self.shop.ok("rewards.class.put", {"id": class_id, "called_off": True})
        status, answer = self.shop.call("rewards.class.attended", {"id": bookings[-1]})
        self.assertIn((status, answer["code"]), [(409, "class_over"), (409, "not_booked")])

    def test_a_seat_is_booked_and_given_up_until_the_class_begins(self):
        class_id = self.planned(2)
        (one, _), (two, _) = self.member(), self.member()
        booking = self.shop.ok("rewards.class.book", {"class_id": class_id, "member": one})["booking"]["id"]
        at = self.shop.ok("rewards.class.list", {"location": "store-1"})["classes"]
        self.advance([c["at"] for c in at if c["id"] == class_id][0] - self.shop.ok("shop.clock.get")["now"])
        self.refused(409, "class_over", "class_id", "rewards.class.book", {"class_id": class_id, "member": two})
        self.refused(409, "class_over", "id", "rewards.class.cancel", {"id": booking})
        self.shop.ok("rewards.class.attended", {"id": booking})


class Houses(Rooms):
    """Who works in one store runs the queue and the classes of that one."""

    def test_the_other_store_is_the_other_store(self):
        cashier, manager = self.key_for("cashier", "store-1"), self.key_for("manager", "store-1")
        there, here = self.planned(3, location="store-2"), self.planned(3)
        member, _ = self.member()
        seats = [self.shop.ok("rewards.class.book", {"class_id": class_id, "member": member})["booking"]["id"] for class_id in (there, here)]
        self.refused(403, "forbidden", "id", "rewards.class.attended", {"id": seats[0]}, key=cashier)
        self.refused(403, "forbidden", "class_id", "rewards.class.bookings", {"class_id": there}, key=cashier, idem=False)
        self.refused(403, "forbidden", "id", "rewards.class.put", {"id": there, "location": "store-1", "called_off": True}, key=manager)
        self.refused(403, "forbidden", "location", "rewards.class.put", {"id": here, "location": "store-2"}, key=manager)
        self.refused(403, "forbidden", "location", "rewards.queue.next", {"location": "store-2"}, key=cashier)
        ticket = self.enter("store-2")["id"]
        self.refused(403, "forbidden", "ticket", "rewards.queue.leave", {"ticket": ticket}, key=cashier)
        self.shop.ok("rewards.class.attended", {"id": seats[1]}, key=cashier)
        self.shop.ok("rewards.class.bookings", {"class_id": here}, key=cashier, idem=False)


    def test_a_gift_is_handed_over_in_a_place_that_there_is(self):
        member, phone = self.member(100)
        held = self.redeem(member, phone, "talk")["id"]
        self.refused(404, "not_found", "location", "rewards.hand_over", {"id": held, "location": "store-7", "proof": "1"})


class Coupons(Rooms):
    def test_a_coupon_that_was_used_and_then_declared_void_gives_no_points_back(self):
        member, phone = self.member(100)
        reward = self.redeem(member, phone, "off")
        self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": member, "coupons": [reward["coupon"]],
                                      "lines": [{"sku": "CUP", "qty": 3000}], "tenders": [{"kind": "cash", "amount": 2000}]})
        self.shop.ok("promotions.coupon.void", {"id": reward["coupon"]})
        before = self.points(member)
        self.refused(409, "reward_used", "id", "rewards.cancel", {"id": reward["id"]})
        self.assertEqual(self.points(member), before)

    def test_one_that_was_declared_void_unused_does(self):
        member, phone = self.member(100)
        reward = self.redeem(member, phone, "off")
        self.shop.ok("promotions.coupon.void", {"id": reward["coupon"]})
        self.shop.ok("rewards.cancel", {"id": reward["id"]})
        self.assertEqual(self.points(member), 100)


if __name__ == "__main__":
    unittest.main()
