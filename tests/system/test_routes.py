"""The paths of the real program that are no operations."""

import gzip
import json
import re
import unittest

from sales import OrdersTest

LINE = re.compile(r'^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_][a-zA-Z0-9_]*="[^"\n]*"(,[a-zA-Z_][a-zA-Z0-9_]*="[^"\n]*")*\})? [0-9.e+-]+$')


class Routes(OrdersTest):
    def get(self, path, key=None, **headers):
        client = self.shop.client()
        if key is not False:
            headers["Authorization"] = "Bearer " + (key or self.shop.owner_key)
        answer = client.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        client.close()
        return answer

    def test_a_shop_is_alive_and_ready(self):
        self.assertEqual(json.loads(self.get("/healthz", key=False)[2]), {"status": "ok"})
        self.assertEqual(json.loads(self.get("/readyz", key=False)[2]), {"status": "ready"})

    def test_metrics_are_what_prometheus_reads(self):
        self.place(("TEA", 1000))
        status, headers, text = self.get("/metrics")
        self.assertEqual((status, headers["Content-Type"].split(";")[0]), (200, "text/plain"))
        names, typed = set(), set()
        for line in text.decode().splitlines():
            if line.startswith("# TYPE "):
                self.assertNotIn(line.split()[2], typed)  # each family once
                typed.add(line.split()[2])
            elif not line.startswith("#"):
                self.assertRegex(line, LINE)
                names.add(re.split(r"[{ ]", line)[0])
        self.assertTrue({"merx_http_connections", "merx_http_answers_total", "merx_ready"} <= names, names)
        for name in names:
            self.assertTrue(name in typed or re.sub(r"_(bucket|sum|count)$", "", name) in typed, name)
        self.assertNotIn(self.shop.owner_key, text.decode())
        self.assertEqual(self.get("/metrics", key=False)[0], 401)
        self.assertEqual(self.get("/metrics", key=self.cashier)[0], 403)

    def test_the_api_describes_itself(self):
        status, headers, text = self.get("/openapi.json", key=self.cashier)
        self.assertEqual(status, 200)
        self.assertIn("/v1/orders.place", json.loads(text)["paths"])
        status, _, nothing = self.get("/openapi.json", If_None_Match=headers["ETag"])
        self.assertEqual((status, nothing), (304, b""))
        status, headers, packed = self.get("/openapi.json", Accept_Encoding="gzip")
        self.assertEqual((headers["Content-Encoding"], gzip.decompress(packed)), ("gzip", text))
        self.assertEqual(self.get("/openapi.json", key=False)[0], 401)

    def test_only_answers_to_queries_are_packed(self):
        for _ in range(5):
            self.place(("TEA", 1000), ("SHIRT", 1000))
        plain = self.get("/v1/orders.list?location=store-1&limit=5")
        packed = self.get("/v1/orders.list?location=store-1&limit=5", Accept_Encoding="gzip")
        self.assertEqual(packed[1]["Content-Encoding"], "gzip")
        self.assertEqual((packed[1]["Vary"], plain[1]["Vary"]), ("Accept-Encoding", "Accept-Encoding"))
        self.assertEqual(gzip.decompress(packed[2]), plain[2])
        client = self.shop.client()
        lines = [("TEA", 1000 * (1 + number)) for number in range(20)]
        status, headers, text = client.request("POST", "/v1/orders.place", json.dumps(self.sale(*lines)), {
            "Authorization": "Bearer " + self.shop.owner_key, "Idempotency-Key": "packed?", "Accept-Encoding": "gzip"})
        self.assertEqual((status, headers["Content-Encoding"]), (200, None))
        self.assertGreater(len(text), 1024)
        client.close()

    def test_other_methods_are_refused_with_the_right_ones(self):
        client = self.shop.client()
        for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/events", "/v1/backup"):
            status, headers, _ = client.request("POST", path, headers={"Authorization": "Bearer " + self.shop.owner_key})
            self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"), path)
        client.close()


if __name__ == "__main__":
    unittest.main()
