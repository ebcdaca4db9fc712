"""Inventory over HTTP: locations, deliveries, corrections, sales and returns, and the ledger behind the levels."""

import unittest

import merx


class Inventory(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("store-1", "store-2"):
            cls.shop.ok("inventory.location.put", {"id": name, "name": {"en": name}})
        cls.cashier = cls.shop.make_key("cashier")

    def stock(self, sku, location="store-1"):
        stock = self.shop.ok("inventory.stock", {"sku": sku, "location": location})
        self.assertEqual(stock["available"], stock["on_hand"] - stock["reserved"])
        return stock

    def on_hand(self, sku, location="store-1"):
        return self.stock(sku, location)["on_hand"]

    def receive(self, *lines, location="store-1"):
        return self.shop.ok("inventory.receive", {"location": location, "lines": [dict(zip(("sku", "qty", "cost"), line)) for line in lines]})

    def adjust(self, *lines, location="store-1", reason="counted"):
        return self.shop.ok("inventory.adjust", {"location": location, "reason": reason, "lines": list(lines)})

    def sale(self, *lines, location="store-1"):
        return {"channel": "till", "location": location, "lines": [{"sku": sku, "qty": qty} for sku, qty in lines],
                "tenders": [{"kind": "cash", "amount": 10000000}]}

    def sell(self, *lines, location="store-1"):
        return self.shop.ok("orders.place", self.sale(*lines, location=location))["order"]

    def pages(self, op, name, **body):
        """All entries of a list, page by page."""
        entries = []
        for _ in range(1000):
            page = self.shop.ok(op, body)
            entries += page[name]
            if "next" not in page:
                return entries
            body["after"] = page["next"]
        self.fail("the pages have no end")


class Locations(Inventory):
    def test_making_and_changing(self):
        made = self.shop.ok("inventory.location.put", {"id": "W.1_a-B", "name": {"en": "Warehouse", "zh": "仓库"}, "zone": "America/Argentina/Buenos_Aires"})
        self.assertEqual((made["location"]["zone"], made["location"]["rev"]), ("America/Argentina/Buenos_Aires", 1))
        changed = self.shop.ok("inventory.location.put", {"id": "W.1_a-B", "zone": "Etc/GMT+8", "if_rev": 1})["location"]
        self.assertEqual((changed["name"], changed["zone"], changed["rev"]), ({"en": "Warehouse", "zh": "仓库"}, "Etc/GMT+8", 2))
        self.refused(409, "conflict", "if_rev", "inventory.location.put", {"id": "W.1_a-B", "zone": "UTC", "if_rev": 1})
        self.refused(409, "conflict", "if_rev", "inventory.location.put", {"id": "W.1_a-B", "zone": "UTC", "if_rev": 0})
        self.assertIn(changed, self.shop.ok("inventory.location.list")["locations"])

    def test_the_shop_s_zone_is_the_usual_one(self):
        listed = {location["id"]: location for location in self.shop.ok("inventory.location.list")["locations"]}
        self.assertEqual(listed["store-1"]["zone"], "Asia/Shanghai")

    def test_bad_input(self):
        for body, field in [({"id": "a b"}, "id"), ({"id": ""}, "id"), ({"id": "x" * 33}, "id"), ({"id": "店"}, "id"), ({"id": "a/b"}, "id"),
                            ({"id": "bad", "zone": "Asia Shanghai"}, "zone"), ({"id": "bad", "zone": ""}, "zone"), ({"id": "bad", "color": 1}, "color"),
                            ({"name": {}}, "id"), ({"id": "bad", "name": []}, "name")]:
            with self.subTest(body=body):
                status, answer = self.shop.call("inventory.location.put", body)
                self.assertEqual((status, answer.get("field")), (400, field), answer)
        self.assertNotIn("bad", [location["id"] for location in self.shop.ok("inventory.location.list")["locations"]])
        self.refused(403, "forbidden", None, "inventory.location.put", {"id": "mine"}, key=self.cashier)

    def test_pages(self):
        for number in range(5):
            self.shop.ok("inventory.location.put", {"id": "page-%d" % number})
        every = [location["id"] for location in self.shop.ok("inventory.location.list")["locations"]]
        self.assertEqual(every, sorted(every))
        for limit in (1, 2, len(every)):
            self.assertEqual([location["id"] for location in self.pages("inventory.location.list", "locations", limit=limit)], every)
        for body, field in [({"limit": 0}, "limit"), ({"limit": 501}, "limit"), ({"after": "?"}, "after")]:
            status, answer = self.shop.call("inventory.location.list", body)
            self.assertEqual((status, answer["field"]), (400, field))


class Deliveries(Inventory):
    def test_what_comes_in_is_there(self):
        self.product("IN-1")
        self.product("IN-KG", unit="kg")
        self.assertEqual(self.stock("IN-1"), {"on_hand": 0, "reserved": 0, "available": 0, "damaged": 0})
        first = self.receive(("IN-1", 3000, 250), ("IN-KG", 455), ("IN-1", 2000))
        second = self.receive(("IN-1", 1000), location="store-2")
        self.assertEqual(second["movement"], first["movement"] + 1)
        self.assertEqual((self.on_hand("IN-1"), self.on_hand("IN-KG"), self.on_hand("IN-1", "store-2")), (5000, 455, 1000))

    def test_refusals(self):
        self.product("REF-1")
        self.product("SERVICE", stocked=False)
        for lines, code, field in [([("REF-1", 1000), ("NOBODY", 1000)], "unknown_sku", "lines[1].sku"), ([("SERVICE", 1000)], "not_stocked", "lines[0].sku")]:
            self.refused(409, code, field, "inventory.receive",
                         {"location": "store-1", "lines": [{"sku": sku, "qty": qty} for sku, qty in lines]})
        self.refused(409, "unknown_location", "location", "inventory.receive", {"location": "nowhere", "lines": [{"sku": "REF-1", "qty": 1000}]})
        self.assertEqual(self.on_hand("REF-1"), 0)

    def test_bad_input_is_named_and_changes_nothing(self):
        self.product("BAD-IN", stock=5)
        good = {"sku": "BAD-IN", "qty": 1000}
        for body, field in [
            ({"lines": [good]}, "location"), ({"location": "store-1"}, "lines"), ({"location": "store-1", "lines": []}, "lines"),
            ({"location": "store-1", "lines": [good, {"sku": "BAD-IN"}]}, "lines[1].qty"), ({"location": "store-1", "lines": [{"qty": 1000}]}, "lines[0].sku"),
            ({"location": "store-1", "lines": [dict(good, qty=0)]}, "lines[0].qty"), ({"location": "store-1", "lines": [dict(good, qty=-1000)]}, "lines[0].qty"),
            ({"location": "store-1", "lines": [good, dict(good, qty=1500)]}, "lines[1].qty"), ({"location": "store-1", "lines": [dict(good, qty="1")]}, "lines[0].qty"),
            ({"location": "store-1", "lines": [dict(good, qty=2**53)]}, "lines[0].qty"), ({"location": "store-1", "lines": [dict(good, cost=-1)]}, "lines[0].cost"),
            ({"location": "store-1", "lines": [dict(good, color=1)]}, "lines[0].color"), ({"location": "store-1", "lines": [good] * 2001}, "lines"),
            ({"location": "store-1", "lines": [dict(good, qty=(2**53 - 1) // 1000 * 1000)]}, "lines[0].qty"),
            ({"location": "store-1", "lines": [good], "reference": "r" * 65}, "reference"),
        ]:
            with self.subTest(body=str(body)[:100]):
                status, answer = self.shop.call("inventory.receive", body)
                self.assertEqual((status, answer.get("field")), (400, field), answer)
        self.assertEqual(self.on_hand("BAD-IN"), 5000)

    def test_who_may(self):
        self.product("MAY", stock=1)
        body = {"location": "store-1", "lines": [{"sku": "MAY", "qty": 1000}]}
        self.refused(403, "forbidden", None, "inventory.receive", body, key=self.cashier)
        self.refused(403, "forbidden", None, "inventory.adjust", dict(body, reason="mine"), key=self.cashier)
        self.assertEqual(self.shop.ok("inventory.stock", {"sku": "MAY", "location": "store-1"}, key=self.cashier)["on_hand"], 1000)

    def test_looking_up_what_is_not_known(self):
        self.product("LOOK")
        self.refused(404, "not_found", "sku", "inventory.stock", {"sku": "NOBODY", "location": "store-1"})
        self.refused(404, "not_found", "location", "inventory.stock", {"sku": "LOOK", "location": "nowhere"})
        self.refused(404, "not_found", "location", "inventory.levels.list", {"location": "nowhere"})

    def test_what_one_channel_writes_another_reads_at_once(self):
        """S0-2, S2-2: stock received with one key is in the next read of another."""
        self.product("CHANNELS")
        web = self.shop.make_key("channel")
        for number in range(1, 6):
            self.receive(("CHANNELS", 1000))
            self.assertEqual(self.shop.ok("inventory.stock", {"sku": "CHANNELS", "location": "store-1"}, key=web)["on_hand"], number * 1000)


class Corrections(Inventory):
    def test_by_difference_and_by_count(self):
        self.product("ADJ-1", stock=10)
        self.product("ADJ-2", stock=4)
        self.adjust({"sku": "ADJ-1", "qty": -3000}, {"sku": "ADJ-2", "qty": 1000})
        self.assertEqual((self.on_hand("ADJ-1"), self.on_hand("ADJ-2")), (7000, 5000))
        self.adjust({"sku": "ADJ-1", "count": 2000}, {"sku": "ADJ-2", "count": 0})
        self.assertEqual((self.on_hand("ADJ-1"), self.on_hand("ADJ-2")), (2000, 0))
        self.adjust({"sku": "ADJ-1", "count": 2000})
        self.assertEqual(self.on_hand("ADJ-1"), 2000)

    def test_never_below_zero_unless_the_article_may(self):
        self.product("ADJ-3", stock=2)
        self.product("ADJ-4", stock=2, below_zero=True)
        answer = self.refused(409, "short_stock", "lines[1].qty", "inventory.adjust", {"location": "store-1", "reason": "lost", "lines": [
            {"sku": "ADJ-4", "qty": -1000}, {"sku": "ADJ-3", "qty": -3000}]})
        self.assertIn("there are 2 at store-1; 3 are wanted", answer["detail"])
        self.assertEqual((self.on_hand("ADJ-3"), self.on_hand("ADJ-4")), (2000, 2000))
        self.adjust({"sku": "ADJ-4", "qty": -5000})
        self.assertEqual(self.on_hand("ADJ-4"), -3000)
        self.receive(("ADJ-4", 1000))
        self.assertEqual(self.on_hand("ADJ-4"), -2000)
        self.adjust({"sku": "ADJ-3", "qty": -2000})
        self.assertEqual(self.on_hand("ADJ-3"), 0)

    def test_damaged_goods_are_counted_apart(self):
        self.product("ADJ-5", stock=5, below_zero=True)
        self.adjust({"sku": "ADJ-5", "qty": -1000}, {"sku": "ADJ-5", "qty": 1000, "condition": "broken"})
        self.assertEqual(self.stock("ADJ-5"), {"on_hand": 4000, "reserved": 0, "available": 4000, "damaged": 1000})
        self.refused(409, "short_stock", "lines[0].qty", "inventory.adjust",
                     {"location": "store-1", "reason": "thrown away", "lines": [{"sku": "ADJ-5", "qty": -2000, "condition": "broken"}]})
        self.adjust({"sku": "ADJ-5", "count": 0, "condition": "broken"}, reason="thrown away")
        self.assertEqual(self.stock("ADJ-5")["damaged"], 0)

    def test_bad_input_is_named_and_changes_nothing(self):
        self.product("BAD-ADJ", stock=5)
        self.product("NO-STOCK", stocked=False)
        good = {"sku": "BAD-ADJ", "qty": 1000}
        for lines, field in [
            ([{"sku": "BAD-ADJ"}], "lines[0].qty"), ([dict(good, count=1000)], "lines[0].count"), ([dict(good, qty=0)], "lines[0].qty"),
            ([good, good], "lines[1].sku"), ([dict(good, qty=500)], "lines[0].qty"), ([{"sku": "BAD-ADJ", "count": 500}], "lines[0].count"),
            ([{"sku": "BAD-ADJ", "count": -1000}], "lines[0].count"), ([dict(good, qty=-2**53)], "lines[0].qty"), ([], "lines"),
            ([dict(good, condition="x" * 33)], "lines[0].condition"), ([dict(good, cost=1)], "lines[0].cost"),
        ]:
            with self.subTest(lines=lines):
                status, answer = self.shop.call("inventory.adjust", {"location": "store-1", "reason": "r", "lines": lines})
                self.assertEqual((status, answer.get("field")), (400, field), answer)
        for body, field in [({"location": "store-1", "lines": [good]}, "reason"), ({"location": "store-1", "lines": [good], "reason": ""}, "reason"),
                            ({"location": "store-1", "lines": [good], "reason": " "}, "reason")]:
            status, answer = self.shop.call("inventory.adjust", body)
            self.assertEqual((status, answer.get("field")), (400, field), answer)
        self.refused(409, "unknown_sku", "lines[0].sku", "inventory.adjust", {"location": "store-1", "reason": "r", "lines": [dict(good, sku="NOBODY")]})
        self.refused(409, "not_stocked", "lines[0].sku", "inventory.adjust", {"location": "store-1", "reason": "r", "lines": [dict(good, sku="NO-STOCK")]})
        self.refused(409, "unknown_location", "location", "inventory.adjust", {"location": "nowhere", "reason": "r", "lines": [good]})
        self.assertEqual(self.on_hand("BAD-ADJ"), 5000)

    def test_a_sale_between_two_reads_is_not_lost(self):
        """A count sets what is there; a difference adds to what is there, whoever sold in between."""
        self.product("BETWEEN", stock=10)
        self.sell(("BETWEEN", 1000))
        self.adjust({"sku": "BETWEEN", "qty": -2000})
        self.assertEqual(self.on_hand("BETWEEN"), 7000)


class SalesAndReturns(Inventory):
    def test_a_sale_takes_and_names_what_is_short(self):
        self.product("SALE-1", stock=3)
        self.product("SALE-2", stock=1)
        self.sell(("SALE-1", 2000))
        self.assertEqual(self.on_hand("SALE-1"), 1000)
        answer = self.refused(409, "short_stock", "lines[1].qty", "orders.place", self.sale(("SALE-2", 1000), ("SALE-1", 2000)))
        self.assertIn("there are 1 at store-1; 2 are wanted", answer["detail"])
        self.assertEqual((self.on_hand("SALE-1"), self.on_hand("SALE-2")), (1000, 1000))

    def test_the_lines_of_one_article_count_together(self):
        self.product("SUM-1", stock=3)
        self.product("SUM-2", stock=9)
        answer = self.refused(409, "short_stock", "lines[3].qty", "orders.place",
                              self.sale(("SUM-1", 1000), ("SUM-2", 1000), ("SUM-1", 2000), ("SUM-1", 1000)))
        self.assertIn("there are 3 at store-1; 4 are wanted", answer["detail"])
        self.assertEqual((self.on_hand("SUM-1"), self.on_hand("SUM-2")), (3000, 9000))
        self.sell(("SUM-1", 1000), ("SUM-1", 2000))
        self.assertEqual(self.on_hand("SUM-1"), 0)

    def test_a_short_weight_is_told_as_a_weight(self):
        self.product("WEIGHT", unit="kg")
        self.receive(("WEIGHT", 455))
        answer = self.refused(409, "short_stock", "lines[0].qty", "orders.place", self.sale(("WEIGHT", 1250)))
        self.assertIn("there are 0.455 at store-1; 1.25 are wanted", answer["detail"])

    def test_what_may_be_sold_without_stock(self):
        self.product("ALWAYS", below_zero=True)
        self.product("REPAIR", stocked=False)
        self.sell(("ALWAYS", 2000), ("REPAIR", 1000))
        self.assertEqual((self.on_hand("ALWAYS"), self.on_hand("REPAIR")), (-2000, 0))
        self.refused(409, "unknown_location", "location", "orders.place", self.sale(("ALWAYS", 1000), location="nowhere"))

    def test_goods_come_back_where_they_are_returned(self):
        """S2-5, S2-9c, S3-13 (their stock): bought in one store, returned in another: they stand there, good or damaged."""
        self.product("BACK", stock=5)
        order = self.sell(("BACK", 4000))
        self.shop.ok("orders.return", {"location": "store-2", "reason": "too many", "lines": [{"order": order["id"], "line": 1, "qty": 1000}]})
        self.shop.ok("orders.return", {"location": "store-2", "reason": "broken", "lines": [
            {"order": order["id"], "line": 1, "qty": 2000, "condition": "damaged"}]})
        self.assertEqual(self.on_hand("BACK"), 1000)
        self.assertEqual(self.stock("BACK", "store-2"), {"on_hand": 1000, "reserved": 0, "available": 1000, "damaged": 2000})


class Ledger(Inventory):
    def test_movements_tell_the_whole_story(self):
        self.product("STORY", stock=10)
        order = self.sell(("STORY", 3000))
        back = self.shop.ok("orders.return", {"location": "store-1", "reason": "r", "lines": [
            {"order": order["id"], "line": 1, "qty": 1000, "condition": "damaged"}]})["return"]
        self.adjust({"sku": "STORY", "count": 6000}, reason="counted on Friday")
        four = self.shop.ok("inventory.movements.list", {"limit": 4})["movements"]
        self.assertEqual([(m["kind"], m.get("source", ""), m["lines"]) for m in four], [
            ("adjust", "", [{"sku": "STORY", "qty": -1000, "count": 6000}]),
            ("return", back["id"], [{"sku": "STORY", "qty": 1000, "condition": "damaged"}]),
            ("sale", order["id"], [{"sku": "STORY", "qty": -3000}]),
            ("receive", "", [{"sku": "STORY", "qty": 10000}])])
        self.assertEqual(four[0]["reason"], "counted on Friday")
        numbers = [m["movement"] for m in self.pages("inventory.movements.list", "movements", limit=2)]
        self.assertEqual(numbers, list(range(four[0]["movement"], 0, -1)))
        events = self.shop.ok("system.log.list", {"type": "inventory.moved", "limit": 500})["events"]
        self.assertEqual(events[-1]["data"], {"movement": four[0]["movement"], "kind": "adjust", "location": "store-1"})

    def test_a_movement_knows_its_document_and_its_time(self):
        self.product("WHEN")
        self.shop.ok("inventory.receive", {"location": "store-1", "reference": "note 7", "lines": [{"sku": "WHEN", "qty": 3000, "cost": 250}]})
        order = self.shop.ok("orders.place", {**self.sale(("WHEN", 2000)), "at": 1600000000000})["order"]
        self.shop.ok("orders.return", {"location": "store-1", "reason": "r", "at": 1600000300000, "lines": [{"order": order["id"], "line": 1, "qty": 1000}]})
        back, sale, delivery = self.shop.ok("inventory.movements.list", {"limit": 3})["movements"]
        self.assertEqual((delivery["source"], delivery["lines"]), ("note 7", [{"sku": "WHEN", "qty": 3000, "cost": 250}]))
        self.assertGreater(delivery["at"], 1600000300000)
        self.assertEqual((sale["at"], back["at"]), (1600000000000, 1600000300000))

    def test_levels_are_the_sum_of_the_movements(self):
        for number in range(7):
            self.product("LEVEL-%d" % number, stock=number + 1)
        self.sell(("LEVEL-6", 2000))
        self.adjust({"sku": "LEVEL-5", "qty": -1000})
        sums = {}
        for movement in self.pages("inventory.movements.list", "movements", limit=20):
            for line in movement["lines"]:
                if line.get("condition", "good") == "good":
                    key = (movement["location"], line["sku"])
                    sums[key] = sums.get(key, 0) + line["qty"]
        listed = {("store-1", level["sku"]): level["on_hand"] for level in self.pages("inventory.levels.list", "levels", location="store-1", limit=3)}
        listed.update({("store-2", level["sku"]): level["on_hand"] for level in self.pages("inventory.levels.list", "levels", location="store-2")})
        self.assertEqual(listed, sums)
        self.assertEqual(self.shop.verify().returncode, 0)

    def test_a_cursor_of_another_location_is_refused(self):
        self.product("CUR-1", stock=1)
        self.product("CUR-2", stock=1)
        after = self.shop.ok("inventory.levels.list", {"location": "store-1", "limit": 1})["next"]
        self.refused(400, "bad_input", "after", "inventory.levels.list", {"location": "store-2", "after": after})
        self.refused(400, "out_of_range", "limit", "inventory.movements.list", {"limit": 21})


if __name__ == "__main__":
    unittest.main()
