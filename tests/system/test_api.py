"""What every operation promises over HTTP: keys, permissions, methods, strict input, idempotent replay, clear problems."""

import json
import threading
import unittest

import merx


class Api(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "Store 1"}, "zone": "Asia/Shanghai"})
        cls.cashier = cls.shop.make_key("cashier")

    def product_body(self, sku, **more):
        return {"sku": sku, "name": {"en": "A", "zh": "甲"}, "price": 100, "unit": "piece", "category": "c", "tax_ppm": 0, **more}

    def raw(self, method, path, body=None, **headers):
        client = self.shop.client()
        try:
            return client.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        finally:
            client.close()

    # ---- keys and permissions ----

    def test_without_a_key_nothing_is_answered(self):
        for key in ("", "nonsense", "mxk_" + "0" * 26 + "_" + "A" * 43):
            status, answer = self.shop.call("catalog.product.get", {"sku": "A"}, key=key)
            self.assertEqual((status, answer["code"]), (401, "no_key"))

    def test_a_cashier_may_sell_but_not_change_the_catalogue(self):
        self.refused(403, "forbidden", None, "catalog.product.put", self.product_body("NO"), key=self.cashier)
        self.assertEqual(self.shop.call("catalog.product.find", {}, key=self.cashier)[0], 200)
        self.assertEqual(self.shop.call("catalog.product.get", {"sku": "NO"})[0], 404)

    # ---- routes and methods ----

    def test_an_unknown_operation_is_404_and_an_internal_one_too(self):
        self.refused(404, "unknown_operation", None, "catalog.product.explode", {})
        self.refused(404, "unknown_operation", None, "inventory.take", {})

    def test_the_wrong_method_is_405(self):
        bearer = "Bearer " + self.shop.owner_key
        status, headers, body = self.raw("GET", "/v1/catalog.product.put?sku=A", Authorization=bearer)
        self.assertEqual((status, json.loads(body)["code"]), (405, "wrong_method"))
        self.assertEqual(headers["Allow"], "POST")
        self.assertEqual(self.raw("PUT", "/v1/catalog.product.get", "{}", Authorization=bearer)[0], 405)

    def test_a_query_answers_get_with_parameters(self):
        self.product("GET-1")
        status, _, body = self.raw("GET", "/v1/catalog.product.get?sku=GET-1", Authorization="Bearer " + self.shop.owner_key)
        self.assertEqual((status, json.loads(body)["product"]["sku"]), (200, "GET-1"))
        status, _, body = self.raw("GET", "/v1/catalog.product.get?sku=GET-1&color=red", Authorization="Bearer " + self.shop.owner_key)
        self.assertEqual((status, json.loads(body)["field"]), (400, "color"))

    def test_a_query_with_personal_data_must_be_posted(self):
        status, _, body = self.raw("GET", "/v1/membership.find?phone=13900000000", Authorization="Bearer " + self.shop.owner_key)
        self.assertEqual((status, json.loads(body)["code"]), (405, "wrong_method"))

    # ---- strict input ----

    def test_every_kind_of_bad_field_is_named_and_changes_nothing(self):
        cases = [
            (self.product_body("BAD", color="red"), "unknown_field", "color"),
            ({"name": {"en": "A"}, "price": 1}, "missing_field", "sku"),
            ('{"sku":"BAD","sku":"BAD","name":{"en":"A"},"price":1,"unit":"piece"}', "doubled_field", "sku"),
            (self.product_body("BAD", price=-1), "out_of_range", "price"),
            (self.product_body("BAD", price=2**53), "out_of_range", "price"),
            (self.product_body("BAD", price="1"), "wrong_type", "price"),
            (self.product_body("BAD", price=1.5), "wrong_type", "price"),
            (self.product_body("BAD", unit="bottle"), "out_of_range", "unit"),
            (self.product_body("BAD", tags="tea"), "wrong_type", "tags"),
            (self.product_body("BAD", price=None), "wrong_type", "price"),
            (self.product_body("B" * 65), "out_of_range", "sku"),
        ]
        for body, code, field in cases:
            with self.subTest(field=field, code=code):
                self.refused(400, code, field, "catalog.product.put", body)
        for body in ("", "{", "[]", "{} {}", '{"sku":"\ud800"}'.encode("utf-8", "surrogatepass"), '{"sku":1e2}'):
            with self.subTest(body=body):
                status, answer = self.shop.call("catalog.product.put", body or "null")
                self.assertEqual((status, answer["status"]), (400, 400))
        self.assertEqual(self.shop.call("catalog.product.get", {"sku": "BAD"})[0], 404)

    def test_a_problem_has_the_members_of_rfc_9457(self):
        client = self.shop.client()
        status, headers, body = client.request("POST", "/v1/catalog.product.put", b'{"price":"x"}', {
            "Authorization": "Bearer " + self.shop.owner_key, "Content-Type": "application/json", "Idempotency-Key": "rfc"})
        client.close()
        problem = json.loads(body)
        self.assertEqual((status, headers["Content-Type"]), (400, "application/problem+json"))
        self.assertEqual(sorted(problem), ["code", "detail", "field", "status", "title", "type"])

    def test_a_body_over_the_limit_is_413(self):
        status, _, body = self.raw("POST", "/v1/catalog.product.put", b" " * (3 << 20), Authorization="Bearer " + self.shop.owner_key,
                                   Content_Type="application/json", Idempotency_Key="large")
        self.assertEqual(status, 413)

    # ---- idempotency ----

    def test_a_command_needs_a_key(self):
        self.refused(400, "missing_key", None, "catalog.product.put", self.product_body("NOKEY"), idem=False)

    def test_the_same_key_and_body_get_the_stored_answer(self):
        body = {"location": "store-1", "lines": [{"sku": "IDEM", "qty": 5000}]}
        self.product("IDEM")
        first = self.shop.ok("inventory.receive", body, idem="idem-1")
        self.assertEqual(self.shop.ok("inventory.receive", body, idem="idem-1"), first)
        spaced = '{ "lines": [ {"qty":5000, "sku":"IDEM"} ], "location": "store-1" }'
        self.assertEqual(self.shop.call("inventory.receive", spaced, idem="idem-1"), (200, first))
        self.assertEqual(self.shop.ok("inventory.stock", {"sku": "IDEM", "location": "store-1"})["on_hand"], 5000)

    def test_the_same_key_with_another_body_is_422(self):
        self.shop.ok("catalog.product.put", self.product_body("KEY-A"), idem="key-a")
        self.refused(422, "key_reused", None, "catalog.product.put", self.product_body("KEY-B"), idem="key-a")
        self.refused(422, "key_reused", None, "inventory.location.put", {"id": "store-9", "name": {"en": "x"}, "zone": "UTC"}, idem="key-a")

    def test_a_refusal_is_stored_and_an_input_error_is_not(self):
        self.product("REF")
        sale = {"channel": "till", "location": "store-1", "lines": [{"sku": "REF", "qty": 1000}], "tenders": [{"kind": "cash", "amount": 1000}]}
        self.refused(409, "short_stock", "lines[0].qty", "orders.place", sale, idem="ref-1")
        self.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "REF", "qty": 9000}]})
        self.refused(409, "short_stock", "lines[0].qty", "orders.place", sale, idem="ref-1")
        self.assertEqual(self.shop.call("orders.place", sale, idem="ref-2")[0], 200)
        self.refused(400, "missing_field", "channel", "orders.place", {"location": "store-1"}, idem="ref-3")
        self.assertEqual(self.shop.call("orders.place", sale, idem="ref-3")[0], 200)

    def test_sixteen_senders_of_one_key_have_one_effect(self):
        self.product("RACE")
        answers = []
        body = {"location": "store-1", "lines": [{"sku": "RACE", "qty": 1000}]}

        def send():
            client = self.shop.client()
            answers.append(client.call("inventory.receive", body, idem="race"))
            client.close()

        for number in range(5):
            threads = [threading.Thread(target=send) for _ in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual({(status, json.dumps(answer)) for status, answer in answers}, {(200, json.dumps(answers[0][1]))})
        self.assertEqual(self.shop.ok("inventory.stock", {"sku": "RACE", "location": "store-1"})["on_hand"], 1000)


if __name__ == "__main__":
    unittest.main()
