"""The names that tills and partners build on, against the demo shop: what each operation of a sale takes and answers.
Fields may be added; none of these may go or change its type."""

import json
import socket
import subprocess
import time
import unittest
import urllib.parse

import merx

LINE = {"sku": str, "qty": int, "price": int, "reason": str}
TENDER = {"kind": str, "amount": int, "reference": str}
CART = {"at": int, "channel": str, "location": str, "till": str, "member": str, "lines": [LINE], "coupons": [str]}
SALE = {**CART, "id": str, "till_seq": int, "expected_total": int, "tenders": [TENDER]}

TAKES = {
    "catalog.product.put": {"sku": str, "name": dict, "price": int, "unit": str, "category": str, "tags": [str], "barcodes": [str],
                            "tax_ppm": int, "if_rev": int},
    "catalog.product.get": {"sku": str},
    "catalog.product.find": {"barcode": str, "name": str},
    "inventory.receive": {"location": str, "lines": [{"sku": str, "qty": int, "cost": int}]},
    "inventory.adjust": {"location": str, "reason": str, "lines": [{"sku": str, "qty": int}]},
    "inventory.stock": {"sku": str, "location": str},
    "membership.join": {"phone": str, "name": str},
    "membership.get": {"id": str},
    "membership.find": {"phone": str},
    "loyalty.points.balance": {"member": str},
    "orders.quote": SALE,
    "orders.place": SALE,
    "orders.return": {"id": str, "at": int, "location": str, "till": str, "reason": str, "member": str, "tenders": [TENDER],
                      "lines": [{"order": str, "line": int, "sku": str, "qty": int, "price": int, "condition": str}]},
    "orders.get": {"id": str},
    "orders.list": {"location": str, "member": str, "till": str, "limit": int, "after": str},
}

PRODUCT = {"sku": str, "name": {"en": str, "zh": str}, "price": int, "unit": str, "category": str, "tags": [str], "barcodes": [str],
           "tax_ppm": int, "rev": int}
MEMBER = {"id": str, "tier": str}
PRICED = {"currency": str, "total": int, "tax": int, "discount": int,
          "lines": [{"line": int, "sku": str, "qty": int, "unit_price": int, "tax": int, "discounts": [{"rule": str, "amount": int}],
                     "total": int}], "points_earned": int}
ORDER = {**PRICED, "id": str, "number": str, "state": str, "payments": [{"kind": str, "amount": int}]}
RETURN = {"id": str, "refund": int, "points_reversed": int}
PROBLEM = {"type": str, "title": str, "status": int, "detail": str, "code": str}

SCHEMA_TYPES = {str: "string", int: "integer", bool: "boolean", dict: "object"}


class Contract(merx.ShopTest):
    settings = {"demo": True}

    # ---- helpers ----

    def has(self, value, pattern, path=""):
        """The value has every name of the pattern with its type; a list of the pattern has at least one such entry."""
        if isinstance(pattern, dict):
            self.assertIsInstance(value, dict, path)
            for name, inner in pattern.items():
                self.assertIn(name, value, path)
                self.has(value[name], inner, path + "." + name)
        elif isinstance(pattern, list):
            self.assertIsInstance(value, list, path)
            self.assertTrue(value, path + " is empty")
            for each in value:
                self.has(each, pattern[0], path + "[]")
        else:
            self.assertIs(type(value), pattern, path)

    def answers(self, op, body, pattern):
        answer = self.shop.ok(op, body)
        self.has(answer, pattern, op)
        return answer

    def get(self, op, **parameters):
        """A query as GET; its answer is that of POST."""
        client = self.shop.client()
        self.addCleanup(client.close)
        path = "/v1/" + op + "?" + urllib.parse.urlencode(parameters)
        status, headers, text = client.request("GET", path, None, {"Authorization": "Bearer " + self.shop.owner_key})
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"), text)
        self.assertEqual(json.loads(text), self.shop.ok(op, parameters))
        return json.loads(text)

    def member(self, number):
        return self.shop.ok("membership.join", {"phone": "+86 139 0000 1%03d" % number, "name": "李雷"})["member"]["id"]

    def sell(self, **more):
        return self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "till": "till-1",
                                             "lines": [{"sku": "TEA-001", "qty": 3000}],
                                             "tenders": [{"kind": "cash", "amount": 50000}], **more})

    def takes(self, schema, pattern, path):
        """The declared schema of an input has every name of the pattern with its type."""
        if isinstance(pattern, dict):
            for name, inner in pattern.items():
                self.assertIn(name, schema["properties"], path)
                self.takes(schema["properties"][name], inner, path + "." + name)
        elif isinstance(pattern, list):
            self.assertEqual(schema["type"], "array", path)
            self.takes(schema["items"], pattern[0], path + "[]")
        else:
            self.assertEqual(schema["type"], SCHEMA_TYPES[pattern], path)

    # ---- what is declared ----

    def test_every_name_is_declared(self):
        listed = subprocess.run([merx.PROGRAM, "ops", "--json"], capture_output=True, text=True, timeout=60)
        declared = {op["name"]: op for op in json.loads(listed.stdout)["operations"]}
        for name, pattern in TAKES.items():
            with self.subTest(name):
                self.takes(declared[name]["input"], pattern, name)

    # ---- catalogue, stock, members ----

    def test_products(self):
        product = {"sku": "NEW-1", "name": {"en": "Sencha", "zh": "煎茶"}, "price": 4200, "unit": "piece", "category": "tea",
                   "tags": ["green"], "barcodes": ["6900000000014"], "tax_ppm": 130000}
        put = self.answers("catalog.product.put", product, {"product": PRODUCT})["product"]
        self.assertEqual({name: put[name] for name in product}, product)
        again = self.shop.ok("catalog.product.put", {**product, "price": 4300, "if_rev": put["rev"]})["product"]
        self.assertEqual((again["price"], again["rev"]), (4300, put["rev"] + 1))
        self.refused(409, "conflict", "if_rev", "catalog.product.put", {**product, "if_rev": put["rev"]})
        self.has(self.get("catalog.product.get", sku="NEW-1"), {"product": PRODUCT})
        for asked in ({"barcode": "6900000000014"}, {"name": "sencha"}, {"name": "煎茶"}):
            found = self.get("catalog.product.find", **asked)
            self.has(found, {"products": [PRODUCT]})
            self.assertEqual([p["sku"] for p in found["products"]], ["NEW-1"])
        weighed = {**product, "sku": "NEW-2", "unit": "kg", "barcodes": []}
        self.assertEqual(self.shop.ok("catalog.product.put", weighed)["product"]["unit"], "kg")

    def test_stock(self):
        place = {"sku": "WARE-004", "location": "store-2"}
        before = self.answers("inventory.stock", place, {"on_hand": int, "reserved": int, "available": int})
        self.shop.ok("inventory.receive", {"location": "store-2", "lines": [{"sku": "WARE-004", "qty": 5000, "cost": 3870}]})
        self.shop.ok("inventory.adjust", {"location": "store-2", "reason": "broken", "lines": [{"sku": "WARE-004", "qty": -2000}]})
        self.assertEqual(self.get("inventory.stock", **place)["on_hand"], before["on_hand"] + 3000)

    def test_members(self):
        joined = self.shop.ok("membership.join", {"phone": "139 0000 7777", "name": "韩梅梅"})
        self.has(joined, {"member": MEMBER})
        self.assertNotIn("韩梅梅", json.dumps(joined, ensure_ascii=False))
        self.assertNotIn("7777", json.dumps({n: v for n, v in joined["member"].items() if isinstance(v, str) and n != "id"}))
        member = joined["member"]["id"]
        self.has(self.get("membership.get", id=member), {"member": {**MEMBER, "name": str, "phones": [str]}})
        found = self.answers("membership.find", {"phone": "+8613900007777"}, {"member": MEMBER})
        self.assertEqual(found["member"]["id"], member)

    # ---- selling ----

    def test_a_cart_is_quoted_and_sold_with_every_field(self):
        member = self.member(1)
        cart = {"at": int(time.time() * 1000) - 60000, "channel": "till", "location": "store-2", "till": "till-2", "member": member, "coupons": [],
                "lines": [{"sku": "TEA-003", "qty": 3000}, {"sku": "WARE-001", "qty": 1000, "price": 5000, "reason": "scratched"}]}
        quoted = self.answers("orders.quote", cart, {"order": {**PRICED, "lines": [dict]}})["order"]
        self.has(quoted["lines"][0], PRICED["lines"][0])
        total = quoted["total"]
        order = {"id": "ord_" + "0" * 25 + "7", "till_seq": 41, "expected_total": total,
                 "tenders": [{"kind": "card", "amount": 10000, "reference": "T-1"}, {"kind": "cash", "amount": total - 9000}]}
        sold = self.answers("orders.place", {**cart, **order}, {"order": {**ORDER, "lines": [dict]}, "change": int})
        self.has(sold["order"]["lines"][0], ORDER["lines"][0])
        self.assertEqual(sold["order"]["lines"][1]["unit_price"], 5000)
        self.assertEqual((sold["order"]["id"], sold["order"]["state"], sold["order"]["total"], sold["change"]), (order["id"], "paid", total, 1000))
        self.assertEqual(sum(p["amount"] for p in sold["order"]["payments"]), total)
        self.assertEqual(sum(line["total"] for line in sold["order"]["lines"]), total)
        lot = {"order": str, "line": int, "run": int, "earned": int, "available_at": int}
        balance = self.answers("loyalty.points.balance", {"member": member}, {"points": int, "lots": [lot]})
        self.assertEqual(balance["points"], sold["order"]["points_earned"])
        self.assertGreater(balance["points"], 0)
        self.assertEqual(self.get("loyalty.points.balance", member=member), balance)
        self.refused(409, "total_changed", "expected_total", "orders.place",
                     {**cart, "expected_total": total + 1, "tenders": order["tenders"]})

    def test_orders_are_found_again(self):
        sold = self.sell(till="till-2")["order"]
        self.has(self.get("orders.get", id=sold["id"]), {"order": ORDER})
        head = {"id": str, "number": str, "state": str, "currency": str, "total": int, "tax": int, "discount": int}
        for asked in ({"location": "store-1"}, {"till": "till-2"}):
            listed = self.get("orders.list", **asked)
            self.has(listed, {"orders": [head]})
            self.assertIn(sold["id"], [order["id"] for order in listed["orders"]])

    def test_goods_come_back_by_line_by_article_and_without_receipt(self):
        member = self.member(2)
        sold = self.sell(member=member)["order"]
        by_line = {"id": "ret_" + "0" * 25 + "7", "location": "store-2", "till": "till-2", "reason": "too much", "member": member,
                   "lines": [{"order": sold["id"], "line": 1, "qty": 1000, "condition": "damaged"}],
                   "tenders": [{"kind": "cash", "amount": sold["total"] // 3}]}
        first = self.answers("orders.return", by_line, {"return": RETURN})["return"]
        self.assertEqual((first["id"], first["refund"]), (by_line["id"], sold["total"] // 3))
        rest = self.shop.ok("orders.return", {"location": "store-1", "reason": "too much",
                                              "lines": [{"order": sold["id"], "sku": "TEA-001", "qty": 2000}]})["return"]
        self.assertEqual(first["refund"] + rest["refund"], sold["total"])
        self.assertEqual(first["points_reversed"] + rest["points_reversed"], sold["points_earned"])
        free = {"location": "store-1", "reason": "no receipt", "at": int(time.time() * 1000) - 1000,
                "lines": [{"sku": "TEA-001", "qty": 1000, "price": 100}]}
        self.assertEqual(self.answers("orders.return", free, {"return": RETURN})["return"]["refund"], 100)

    def test_both_stores_and_both_tills_sell(self):
        for location, till in (("store-1", "till-1"), ("store-2", "till-2")):
            self.assertEqual(self.sell(location=location, till=till)["order"]["state"], "paid")

    def test_a_sale_as_bytes(self):
        body = json.dumps({"channel": "till", "location": "store-1", "till": "till-1", "lines": [{"sku": "SKIN-004", "qty": 1000}],
                           "tenders": [{"kind": "cash", "amount": 1000}]}).encode()
        head = ("POST /v1/orders.place HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nIdempotency-Key: as-bytes\r\n"
                "Content-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (self.shop.port, self.shop.owner_key, len(body)))
        answers = []
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", self.shop.port), timeout=30) as wire:
                wire.sendall(head.encode() + body)
                answers.append(b"".join(iter(lambda: wire.recv(65536), b"")))
        status, _, text = answers[0].partition(b"\r\n")
        self.assertEqual(status, b"HTTP/1.1 200 OK")
        sold = json.loads(text.partition(b"\r\n\r\n")[2])
        self.has(sold["order"]["payments"], [{"kind": str, "amount": int}])
        self.assertEqual((sold["order"]["total"], sold["change"]), (990, 10))
        self.assertEqual(answers[0].partition(b"\r\n\r\n")[2], answers[1].partition(b"\r\n\r\n")[2])

    # ---- refusals ----

    def test_problems_have_their_names(self):
        cases = [
            (400, "sku", "catalog.product.get", {}),
            (404, None, "catalog.product.get", {"sku": "NONE"}),
            (404, None, "no.such.operation", {}),
            (409, None, "orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA-001", "qty": 10**9}],
                                         "tenders": [{"kind": "cash", "amount": 10**12}]}),
            (409, None, "orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA-001", "qty": 1000}],
                                         "tenders": [{"kind": "cash", "amount": 1}]}),
        ]
        for status, field, op, body in cases:
            with self.subTest(op=op, status=status):
                got, answer = self.shop.call(op, body)
                self.has(answer, PROBLEM)
                self.assertEqual((got, answer["status"]), (status, status), answer)
                if field:
                    self.assertEqual(answer["field"], field)


if __name__ == "__main__":
    unittest.main()
