"""Customers in sessions of their own: opened with a code that came to them, reaching what is theirs and nothing else."""

import os
import re
import unittest

import merx
from customers import CustomerTest, new_phone


class Customers(CustomerTest):
    def setUp(self):
        self.phone = new_phone()
        self.member = self.join(self.phone)

    def order(self, member):
        sku = "C-" + member[-8:]
        if self.shop.call("catalog.product.get", {"sku": sku})[0] == 404:
            self.location()
            self.product(sku, price=1000, stock=10)
        return self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": sku, "qty": 1000}],
                                             "tenders": [{"kind": "cash", "amount": 1000}]})["order"]["id"]

    def test_her_own_view_and_orders(self):
        """S0-31: she sees her membership, her points and her orders in the app, and not those of others."""
        token, mine, other = self.login(self.phone), self.order(self.member), self.join()
        theirs = self.order(other)
        self.assertEqual(self.shop.ok("membership.view", {}, key=token)["member"]["id"], self.member)
        self.assertEqual([order["id"] for order in self.shop.ok("orders.list", {}, key=token)["orders"]], [mine])
        self.assertEqual(self.shop.ok("orders.get", {"id": mine}, key=token)["order"]["id"], mine)
        self.assertIn(self.shop.call("orders.get", {"id": theirs}, key=token)[0], (403, 404))
        self.refused(403, "forbidden", "member", "membership.view", {"member": other}, key=token)
        self.refused(403, "forbidden", "member", "loyalty.points.balance", {"member": other}, key=token)
        self.refused(403, "forbidden", None, "catalog.product.put", {"sku": "X", "name": {"en": "X"}, "price": 1, "unit": "piece",
                                                                     "category": "x", "tax_ppm": 0}, key=token)

    def test_one_stranger_keeps_nobody_out(self):
        """He tries codes as fast as he may; whoever has a good one comes in all the same."""
        self.advance(61000)  # limits of the last test are over
        stranger = merx.Client(self.shop.port, None, source="127.0.2.7")
        self.addCleanup(stranger.close)
        tried = [stranger.call("identity.customer.open", {"phone": new_phone(), "code": "000000"})[0] for _ in range(25)]
        self.assertEqual((tried[0], tried[-1]), (401, 429))
        self.assertTrue(self.login(self.phone))

    def test_a_merged_customer_sees_both_halves(self):
        phone = new_phone()
        other, mine = self.join(phone), self.order(self.member)
        theirs = self.order(other)
        persons = [self.shop.ok("identity.person.find", {"kind": "phone", "value": each})["person"] for each in (phone, self.phone)]
        token = self.login(self.phone)
        self.refused(403, "forbidden", "member", "membership.view", {"member": other}, key=token)
        merge = self.shop.ok("identity.person.merge", {"from": persons[0], "into": persons[1], "reason": "the same customer"})["merge"]
        self.assertEqual({order["id"] for order in self.shop.ok("orders.list", {"member": other}, key=token)["orders"]}, {mine, theirs})
        self.shop.ok("identity.person.unmerge", {"merge": merge})
        self.refused(403, "forbidden", "member", "membership.view", {"member": other}, key=token)

    def test_sessions_end(self):
        token = self.login(self.phone)
        self.shop.ok("identity.session.close", {}, key=token)
        self.assertEqual(self.shop.call("membership.view", {}, key=token)[0], 401)
        token = self.login(self.phone)
        listed = self.shop.ok("identity.session.list", {"limit": 500})["sessions"]
        hers = [session for session in listed if session["kind"] == "code"]
        self.shop.ok("identity.session.revoke", {"id": hers[-1]["id"]})
        self.assertEqual(self.shop.call("membership.view", {}, key=token)[0], 401)
        token = self.login(self.phone)
        self.shop.ok("privacy.erase", {"member": self.member, "reason": "she asked for it"})
        self.assertEqual(self.shop.call("membership.view", {}, key=token)[0], 401, "who is erased is out at once")

    def test_the_same_answer_for_known_and_unknown(self):
        """reliability 50: who guesses phone numbers learns nothing."""
        known = self.shop.call("identity.customer.code", {"phone": self.phone}, key="", idem=False)
        unknown = self.shop.call("identity.customer.code", {"phone": "+8613999999999"}, key="", idem=False)
        self.assertEqual(known[0], 200)
        self.assertEqual({**known[1], "until": 0}, {**unknown[1], "until": 0})
        self.assertEqual(self.shop.call("identity.customer.open", {"phone": self.phone, "code": "000000"}, key="", idem=False),
                         self.shop.call("identity.customer.open", {"phone": "+8613999999999", "code": "000000"}, key="", idem=False))

    def test_neither_code_nor_phone_stands_in_the_clear(self):
        """The message's row in the outbox, the log, the metrics and the data folder hold neither."""
        self.gateway.answer = 500  # it waits for its next try
        try:
            before = self.gateway.count
            self.shop.ok("identity.customer.code", {"phone": self.phone})
            self.assertTrue(self.gateway.wait_requests(before + 1))
            code = re.search(rb'"code":"(\d{6})"', self.gateway.got[-1][3]).group(1)
        finally:
            self.gateway.answer = 200
        waiting = [message for message in self.shop.ok("system.outbox.list", {"limit": 500})["messages"] if message["state"] != "delivered"]
        self.assertTrue(waiting)
        client = self.shop.client()
        self.addCleanup(client.close)
        metrics = client.request("GET", "/metrics", headers={"Authorization": "Bearer " + self.shop.owner_key})[2]
        digits = self.phone.encode()[3:]
        texts = [metrics, merx.json.dumps(waiting).encode(), self.shop.log_text().encode()]
        for name in os.listdir(self.shop.data):
            if os.path.isfile(os.path.join(self.shop.data, name)):
                with open(os.path.join(self.shop.data, name), "rb") as file:
                    texts.append(file.read())
        for text in texts:
            self.assertNotIn(digits, text)
            self.assertNotIn(b'"code":"' + code, text)
            self.assertNotIn(b"geheim", text)
        token = self.shop.ok("identity.customer.open", {"phone": self.phone, "code": code.decode()})["token"]
        self.assertEqual(self.shop.ok("membership.view", {}, key=token)["member"]["id"], self.member)

    def test_codes_of_a_former_run_and_sessions_after_a_restart(self):
        token = self.login(self.phone)
        code = self.code_for(lambda: self.shop.ok("identity.customer.code", {"phone": self.phone}))
        self.shop.close()
        self.shop.serve(args=["--allow", self.gateway.place])
        self.assertEqual(self.shop.ok("membership.view", {}, key=token)["member"]["id"], self.member)
        self.refused(401, "no_key", None, "identity.customer.open", {"phone": self.phone, "code": code})

    def test_streams_and_figures_are_not_for_customers(self):
        token = self.login(self.phone)
        client = self.shop.client(token)
        self.addCleanup(client.close)
        for path in ("/v1/events", "/metrics", "/v1/backup", "/v1/system.log.list"):
            self.assertIn(client.request("GET", path, headers={"Authorization": "Bearer " + token})[0], (403, 404), path)

    def test_nobody_else_gets_the_role(self):
        self.refused(400, "bad_input", "role", "identity.principal.put", {"role": "customer", "name": "app"})
        self.refused(400, "bad_input", "role", "identity.staff.put", {"role": "customer", "name": "app", "login": "app"})
        for role in ("clerk", "agent", "warehouse"):
            self.assertEqual(self.shop.call("catalog.product.find", {}, key=self.shop.make_key(role))[0], 200)


if __name__ == "__main__":
    unittest.main()
