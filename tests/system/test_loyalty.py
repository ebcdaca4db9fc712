"""Points over HTTP: what sales earn and returns take back, in which lots they stand, and the settings."""

import unittest

import merx

NOBODY = "mem_01J0000000000000000000000Z"
NOTHING = {"points": 0, "lots": [], "more": False, "available": 0, "pending": 0, "owed": 0, "expiring": 0, "expiring_at": 0}
UNSET = {"minor_per_point": 100, "available_after_ms": 0, "expires_after_ms": 0, "burn_minor_per_point": 0, "burn_min_points": 0, "burn_step_points": 0,
         "burn_max_share_ppm": 0, "burn_max_minor": 0, "restore_grace_ms": 0, "negative": "never", "rev": 0,
         "earn_on_points": False, "expires_at_year_end": False, "expires_after_years": 0}


class Loyalty(merx.ShopTest):
    phones = iter(range(13800000000, 13900000000))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("store-1", "store-2"):
            cls.shop.ok("inventory.location.put", {"id": name, "name": {"en": name}})
        cls.cashier = cls.shop.make_key("cashier")

    def member(self):
        return self.shop.ok("membership.join", {"phone": str(next(self.phones)), "name": "Somebody"})["member"]["id"]

    def buy(self, member, *lines, key=None):
        """Buy (sku, pieces, price) lines; products are made on the way."""
        for sku, pieces, price in lines:
            self.product(sku, price=price, stock=pieces)
        body = {"channel": "till", "location": "store-1", "lines": [{"sku": sku, "qty": pieces * 1000} for sku, pieces, _ in lines],
                "tenders": [{"kind": "cash", "amount": 100000000}]}
        if member:
            body["member"] = member
        return self.shop.ok("orders.place", body, key=key)["order"]

    def give_back(self, *lines, location="store-2"):
        return self.shop.ok("orders.return", {"location": location, "reason": "r", "lines": [
            {"order": order["id"], "line": line, "qty": pieces * 1000} for order, line, pieces in lines]})["return"]

    def balance(self, member, key=None):
        answer = self.shop.ok("loyalty.points.balance", {"member": member}, key=key)
        if not answer["more"]:
            self.assertEqual(answer["points"], sum(lot["rest"] for lot in answer["lots"]))
        return answer

    def points(self, member):
        return self.balance(member)["points"]


class Earning(Loyalty):
    def test_a_sale_earns_a_point_for_each_whole_unit(self):
        member = self.member()
        self.assertEqual(self.balance(member), NOTHING)
        order = self.buy(member, ("EARN-1", 3, 1050), ("EARN-2", 1, 49))
        self.assertEqual((order["total"], order["points_earned"], self.points(member)), (3199, 31, 31))
        lots = self.balance(member)["lots"]
        self.assertEqual([(lot["order"], lot["line"], lot["run"], lot["earned"], lot["rest"], lot["expires_at"]) for lot in lots],
                         [(order["id"], 0, 0, 31, 31, 0)])

    def test_points_of_a_till_sale_are_there_at_once_in_another_channel(self):
        """S0-20, S2-13a, S3-4 (points): earned at the till, read in the next call of another key."""
        member, web = self.member(), self.shop.make_key("channel")
        for number in range(1, 4):
            self.buy(member, ("ONCE-%d" % number, 1, 1000), key=self.cashier)
            self.assertEqual(self.balance(member, key=web)["points"], 10 * number)

    def test_what_earns_nothing(self):
        member = self.member()
        self.assertEqual(self.buy(member, ("NIL-1", 1, 99))["points_earned"], 0)
        self.assertEqual(self.buy(member, ("NIL-2", 1, 0))["points_earned"], 0)
        self.assertEqual(self.buy(None, ("NIL-3", 1, 5000)).get("points_earned", 0), 0)
        self.assertEqual(self.balance(member), NOTHING)

    def test_a_quote_books_nothing(self):
        member = self.member()
        self.product("QUOTE", price=5000, stock=1)
        quoted = self.shop.ok("orders.quote", {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "QUOTE", "qty": 1000}]})
        self.assertEqual((quoted["order"]["points_earned"], self.points(member)), (50, 0))

    def test_each_movement_is_an_event(self):
        member = self.member()
        order = self.buy(member, ("EVENT", 2, 1000))
        back = self.give_back((order, 1, 1))
        for name, data in (("loyalty.points.earned", {"member": member, "source": order["id"], "points": 20, "balance": 20}),
                           ("loyalty.points.reversed", {"member": member, "source": back["id"], "points": 10, "balance": 10})):
            events = self.shop.ok("system.log.list", {"type": name, "limit": 500})["events"]
            self.assertEqual([event["data"] for event in events if event["data"]["member"] == member], [data])

    def test_more_lots_than_are_shown(self):
        member = self.member()
        given = [self.shop.ok("loyalty.points.adjust", {"member": member, "points": 1, "reason": "x"})["source"] for _ in range(500)]
        self.assertEqual((self.points(member), len(self.balance(member)["lots"]), self.balance(member)["more"]), (500, 500, False))
        order = self.buy(member, ("LOTS", 1, 2000))["id"]
        answer = self.balance(member)
        self.assertEqual((answer["points"], len(answer["lots"]), answer["more"]), (520, 500, True))
        self.assertEqual(answer["lots"][0]["order"], order)
        self.assertLessEqual({lot["order"] for lot in answer["lots"][1:]}, set(given))

    def test_many_lines_are_one_lot(self):
        """Each line gives back what it earned, in whatever parts the goods come back; more than that never."""
        member = self.member()
        self.product("MANY", price=101, below_zero=True)
        order = self.shop.ok("orders.place", {
            "channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "MANY", "qty": 1000}] * 300,
            "tenders": [{"kind": "card", "amount": 300 * 101, "reference": "many"}]})["order"]
        self.assertEqual([(lot["line"], lot["earned"]) for lot in self.balance(member)["lots"]], [(0, 303)])
        left = 303
        for first in (101, 1, 201):
            lines = range(first, first + 100)
            back = self.give_back(*[(order, line, 1) for line in lines], location="store-1")
            self.assertEqual(back["points_reversed"], sum(line["points"] for line in order["lines"] if line["line"] in lines))
            left -= back["points_reversed"]
            self.assertEqual(self.points(member), left)
        self.assertEqual(self.balance(member), NOTHING)

    def test_a_late_sale_counts_from_its_own_time(self):
        member = self.member()
        self.product("LATE", price=1000, stock=1)
        self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": member, "at": 1600000000000,
                                      "lines": [{"sku": "LATE", "qty": 1000}], "tenders": [{"kind": "cash", "amount": 1000}]})
        self.assertEqual(self.balance(member)["lots"][0]["available_at"], 1600000000000)

    def test_spent_lots_are_out_of_the_way(self):
        member = self.member()
        self.product("SPENT", price=100, below_zero=True)
        for number in range(3):
            order = self.shop.ok("orders.place", {
                "channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "SPENT", "qty": 1000}] * 2000,
                "tenders": [{"kind": "card", "amount": 200000, "reference": "spent-%d" % number}]})["order"]["id"]
            self.shop.ok("orders.return", {"location": "store-1", "reason": "r", "lines": [
                {"order": order, "line": line, "qty": 1000} for line in range(1, 2001)]})
        self.assertEqual(self.balance(member), NOTHING)


class Reversing(Loyalty):
    def test_returns_take_back_what_their_units_earned(self):
        """S2-5, S2-9c, S3-13 (their points): any partial returns sum to the full one, to the point."""
        member = self.member()
        order = self.buy(member, ("REV-1", 3, 1050), ("REV-2", 2, 333), ("REV-3", 1, 1))
        self.assertEqual((order["points_earned"], self.points(member)), (38, 38))
        left, reversed_points = 38, 0
        for line, pieces in ((1, 1), (2, 1), (1, 1), (3, 1), (2, 1), (1, 1)):
            back = self.give_back((order, line, pieces))
            reversed_points += back["points_reversed"]
            left -= back["points_reversed"]
            self.assertEqual(self.points(member), left)
        self.assertEqual((reversed_points, self.balance(member)), (38, NOTHING))

    def test_a_full_return_takes_all_back_at_once(self):
        member = self.member()
        order = self.buy(member, ("FULL-1", 3, 1050), ("FULL-2", 1, 777))
        self.assertEqual(self.give_back((order, 1, 3), (order, 2, 1))["points_reversed"], order["points_earned"])
        self.assertEqual(self.points(member), 0)

    def test_the_points_of_other_sales_stay(self):
        member = self.member()
        first, second = self.buy(member, ("TWO-1", 1, 1000)), self.buy(member, ("TWO-2", 1, 3000))
        self.give_back((first, 1, 1))
        self.assertEqual([(lot["order"], lot["rest"]) for lot in self.balance(member)["lots"]], [(second["id"], 30)])

    def test_one_return_of_several_sales(self):
        member = self.member()
        first, second = self.buy(member, ("SEV-1", 2, 1000)), self.buy(member, ("SEV-2", 2, 3000))
        self.assertEqual(self.give_back((first, 1, 1), (second, 1, 1))["points_reversed"], 40)
        self.assertEqual(self.points(member), 40)

    def test_a_refused_return_takes_no_points(self):
        member = self.member()
        order = self.buy(member, ("KEEP", 1, 1000))
        status, _ = self.shop.call("orders.return", {"location": "store-1", "reason": "r", "lines": [{"order": order["id"], "line": 1, "qty": 2000}]})
        self.assertEqual((status // 100, self.points(member)), (4, 10))

    def test_a_sale_that_fails_earns_nothing(self):
        member = self.member()
        self.product("FAIL", price=1000, stock=1)
        self.refused(409, "short_stock", None, "orders.place", {"channel": "till", "location": "store-1", "member": member,
                     "lines": [{"sku": "FAIL", "qty": 2000}], "tenders": [{"kind": "cash", "amount": 2000}]})
        self.assertEqual(self.points(member), 0)


class Asking(Loyalty):
    def test_whose_points(self):
        self.refused(404, "not_found", "member", "loyalty.points.balance", {"member": NOBODY})
        for body, field in [({}, "member"), ({"member": "mem_1"}, "member"), ({"member": 5}, "member"), ({"member": NOBODY, "limit": 1}, "limit")]:
            status, answer = self.shop.call("loyalty.points.balance", body)
            self.assertEqual((status, answer["field"]), (400, field), answer)

    def test_points_are_moved_by_sales_and_returns_only(self):
        for op in ("loyalty.points.earn", "loyalty.points.reverse"):
            self.refused(404, "unknown_operation", None, op, {"member": NOBODY, "source": "x", "parts": []})

    def test_the_books_add_up(self):
        member = self.member()
        order = self.buy(member, ("BOOKS", 3, 1234))
        self.give_back((order, 1, 1))
        verified = self.shop.verify()
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)


class Settings(Loyalty):
    def setUp(self):
        self.shop.ok("loyalty.settings.put", {"minor_per_point": 100, "available_after_ms": 0, "expires_after_ms": 0})

    def settings_now(self):
        return self.shop.ok("loyalty.settings.get")["settings"]

    def test_a_change_holds_for_sales_that_follow(self):
        member = self.member()
        first = self.buy(member, ("SET-1", 1, 1000))
        self.shop.ok("loyalty.settings.put", {"minor_per_point": 250, "available_after_ms": 1000, "expires_after_ms": 5000})
        second = self.buy(member, ("SET-2", 1, 1000))
        lots = {lot["order"]: lot for lot in self.balance(member)["lots"]}
        self.assertEqual((lots[first["id"]]["earned"], lots[second["id"]]["earned"], self.points(member)), (10, 4, 14))
        self.assertEqual((self.balance(member)["available"], self.balance(member)["pending"]), (10, 4))
        self.assertEqual((lots[first["id"]]["available_at"], lots[first["id"]]["expires_at"]), (first["at"], 0))
        self.assertEqual((lots[second["id"]]["available_at"], lots[second["id"]]["expires_at"]), (second["at"] + 1000, second["at"] + 5000))
        self.assertEqual(self.give_back((first, 1, 1))["points_reversed"], 10)

    def test_absent_settings_stay(self):
        self.shop.ok("loyalty.settings.put", {"expires_after_ms": 7})
        self.assertEqual({**self.settings_now(), "rev": 0}, {**UNSET, "expires_after_ms": 7})

    def test_bad_input_is_named_and_changes_nothing(self):
        before = self.settings_now()
        for body, field in [({"minor_per_point": 0}, "minor_per_point"), ({"minor_per_point": "1"}, "minor_per_point"), ({"expires_after_ms": -1}, "expires_after_ms"),
                            ({"available_after_ms": 10, "expires_after_ms": 10}, "expires_after_ms"), ({"points": 1}, "points")]:
            with self.subTest(body=body):
                status, answer = self.shop.call("loyalty.settings.put", body)
                self.assertEqual((status, answer.get("field")), (400, field), answer)
        self.refused(409, "conflict", "if_rev", "loyalty.settings.put", {"minor_per_point": 5, "if_rev": before["rev"] + 1})
        self.refused(403, "forbidden", None, "loyalty.settings.put", {"minor_per_point": 5}, key=self.cashier)
        self.assertEqual(self.settings_now(), before)


class OtherCurrency(Loyalty):
    settings = {"currency": "JPY", "digits": 0}

    def test_a_currency_without_digits_earns_a_point_for_each_unit(self):
        self.assertEqual(self.shop.ok("loyalty.settings.get")["settings"],
                         {**UNSET, "minor_per_point": 1})
        member = self.member()
        self.buy(member, ("YEN", 1, 120))
        self.assertEqual(self.points(member), 120)


MORE = """
promotion { id = "twice", points_times = 2, where = { sku = "TWICE" } }
promotion { id = "third", points_ppm = 1500000, where = { sku = "TWICE" } }
promotion { id = "bonus", points = 100, where = { sku = "BONUS" } }
"""


class Promoted(Loyalty):
    """Points that promotions give: each run carries its own, and gives back what it carries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        draft = cls.shop.ok("rules.draft.put", {"name": "more", "source": MORE})["draft"]
        cls.shop.ok("rules.publish", {"draft": draft, "note": "more points"})

    def test_multipliers_and_bonuses_are_booked_where_they_were_earned(self):
        member = self.member()
        order = self.buy(member, ("PLAIN", 2, 1000), ("TWICE", 4, 1000), ("BONUS", 3, 1000))
        self.assertEqual((order["total"], order["points_earned"]), (9000, 20 + 100 + 30 + 100))
        self.assertEqual([line["points"] for line in order["lines"]], [20, 100, 130])
        self.assertEqual(self.points(member), 250)

    def test_returns_take_back_what_the_pieces_carry(self):
        member = self.member()
        order = self.buy(member, ("TWICE", 4, 1000), ("BONUS", 3, 1000))
        self.assertEqual(self.points(member), 100 + 130)
        self.give_back((order, 1, 1))
        self.assertEqual(self.points(member), 75 + 130)
        left = self.points(member)
        for _ in range(3):
            self.give_back((order, 2, 1))
            self.assertIn(left - self.points(member), (43, 44))
            left = self.points(member)
        self.assertEqual(left, 75)
        self.give_back((order, 1, 3))
        self.assertEqual(self.balance(member), NOTHING)

    def test_a_bonus_larger_than_the_price(self):
        member = self.member()
        order = self.buy(member, ("BONUS", 1, 1))
        self.assertEqual((order["points_earned"], self.points(member)), (100, 100))
        self.give_back((order, 1, 1))
        self.assertEqual(self.points(member), 0)

    def test_the_books_are_sound(self):
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])


if __name__ == "__main__":
    unittest.main()
