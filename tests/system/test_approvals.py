"""A second person: what the shop's policy names happens only with the word of somebody else, for that very call, once."""

import unittest

import merx


class Approvals(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shop = cls.shop
        shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "Asia/Shanghai"})
        shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 10000, "unit": "piece", "category": "tea", "tax_ppm": 0})
        shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "TEA", "qty": 1000000}]})
        shop.ok("identity.role.put", {"code": "manager", "permissions": ["approvals.refund", "approvals.price"]})
        cls.cashier, cls.manager = shop.make_key("cashier"), shop.make_key("manager")
        cls.owner = [p["id"] for p in shop.ok("identity.principal.list")["principals"] if p["role"] == "owner"][0]

    def setUp(self):
        self.shop.ok("identity.policy.put", {"act": "orders.refund", "above": 50000, "permission": "approvals.refund"})
        self.addCleanup(self.no_policy)

    def no_policy(self):
        for policy in self.shop.ok("identity.policy.list")["policies"]:
            self.shop.ok("identity.policy.remove", {"act": policy["act"]})

    def sell(self, pieces, key=None, **line):
        total = line.get("price", 10000) * pieces
        return {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 1000 * pieces, **line}], "tenders": [{"kind": "cash", "amount": total}]}

    def giving_back(self, pieces):
        order = self.shop.ok("orders.place", self.sell(pieces))["order"]["id"]
        return {"location": "store-1", "reason": "broken", "lines": [{"order": order, "line": 1, "qty": 1000 * pieces, "condition": "sellable"}],
                "tenders": [{"kind": "cash", "amount": 10000 * pieces}]}

    def wanted(self, body, op="orders.return", key=None, idem=None):
        status, problem = self.shop.call(op, body, key=key or self.cashier, idem=idem)
        self.assertEqual((status, problem["code"]), (409, "approval_needed"), problem)
        return problem["approval"]

    def events(self, name):
        return [entry for entry in self.shop.ok("system.log.list", {"type": name, "limit": 500})["events"]]

    def test_a_large_refund_waits_for_a_second_person(self):
        self.assertEqual(self.shop.call("orders.return", self.giving_back(5), key=self.cashier)[0], 200, "50000 is not above")
        body = self.giving_back(6)
        asked = self.wanted(body, idem="refund-1")
        self.assertEqual((asked["act"], asked["amount"], asked["permission"]), ("orders.refund", 60000, "approvals.refund"))
        self.assertEqual(self.wanted(body, idem="refund-1")["request"], asked["request"], "asked again, it is the same wish")
        pending = self.shop.ok("identity.approval.pending", key=self.manager)["approvals"]
        self.assertIn((asked["request"], "orders.return", 60000), [(a["id"], a["op"], a["amount"]) for a in pending])
        self.wanted(body, idem="refund-1")
        self.assertEqual(self.shop.call("orders.return", body, key=self.cashier, headers={"Merx-Approval": asked["request"]})[0], 409, "not given yet")
        given = self.shop.ok("identity.approval.give", {"request": asked["request"]}, key=self.manager)["approval"]
        self.assertTrue(given["given"] and given["giver"] != given["asker"])
        used_before = len(self.events("identity.approval.used"))
        call = lambda **more: self.shop.call("orders.return", body, key=self.cashier, headers={"Merx-Approval": asked["request"]}, **more)
        status, answer = call(idem="refund-1")
        self.assertEqual((status, answer.get("return", {}).get("refund")), (200, 60000), answer)
        self.assertEqual(call(idem="refund-1")[0], 200, "the lost answer, once more")
        self.assertEqual(len(self.events("identity.approval.used")), used_before + 1)
        self.assertIn(asked["request"], str(self.events("identity.approval.given")))
        self.refused(409, "approval_used", "request", "identity.approval.give", {"request": asked["request"]}, key=self.manager)

    def test_many_small_refunds_of_one_order_are_a_large_one(self):
        body = self.giving_back(6)
        part = lambda pieces: {**body, "lines": [{**body["lines"][0], "qty": 1000 * pieces}], "tenders": [{"kind": "cash", "amount": 10000 * pieces}]}
        self.assertEqual(self.shop.call("orders.return", part(4), key=self.cashier)[0], 200)
        self.assertEqual(self.wanted(part(2))["amount"], 60000)
        self.assertEqual(self.shop.call("orders.return", part(1), key=self.cashier)[0], 200, "50000 is not above")

    def test_it_is_for_that_call_alone(self):
        body, other = self.giving_back(6), self.giving_back(7)
        request = self.wanted(body)["request"]
        self.shop.ok("identity.approval.give", {"request": request}, key=self.manager)
        with_it = {"headers": {"Merx-Approval": request}}
        self.assertEqual(self.shop.call("orders.return", other, key=self.cashier, **with_it)[0], 409, "another body")
        self.assertEqual(self.shop.call("orders.return", body, key=self.shop.make_key("cashier"), **with_it)[0], 409, "another caller")
        self.assertEqual(self.shop.call("orders.return", body, key=self.cashier, headers={"Merx-Approval": "apr_nonsense"})[0], 409)
        self.assertEqual(self.shop.call("orders.return", body, key=self.cashier, **with_it)[0], 200)
        again = self.giving_back(6)
        self.assertEqual(self.shop.call("orders.return", again, key=self.cashier, **with_it)[0], 409, "used up")

    def test_a_refused_call_does_not_use_it_up(self):
        body = self.giving_back(6)
        wrong = {**body, "tenders": [{"kind": "cash", "amount": 1}]}
        request = self.wanted(wrong)["request"]
        self.shop.ok("identity.approval.give", {"request": request}, key=self.manager)
        for _ in range(2):
            status, answer = self.shop.call("orders.return", wrong, key=self.cashier, headers={"Merx-Approval": request})
            self.assertNotEqual((status, answer["code"]), (409, "approval_needed"), answer)
            self.assertGreaterEqual(status, 400)

    def test_who_may_approve(self):
        body = self.giving_back(6)
        request = self.wanted(body)["request"]
        self.refused(403, "forbidden", "request", "identity.approval.give", {"request": request}, key=self.shop.make_key("cashier"))
        mine = self.wanted(body, key=self.manager)["request"]
        self.refused(409, "own_request", "request", "identity.approval.give", {"request": mine}, key=self.manager)
        self.refused(404, "not_found", "request", "identity.approval.give", {"request": "apr_00000000000000000000000000"}, key=self.manager)
        self.refused(400, "bad_input", "request", "identity.approval.give", {"request": mine, "op": "orders.return"}, key=self.manager)
        self.refused(400, "missing_field", "request", "identity.approval.give", {}, key=self.manager)
        self.assertNotIn(request, str(self.shop.ok("identity.approval.pending", key=self.shop.make_key("cashier"))))

    def test_a_giver_who_lost_the_right_counts_no_more(self):
        helper = self.shop.ok("identity.principal.put", {"role": "manager", "name": "helper"})["principal"]["id"]
        key = self.shop.ok("identity.key.reveal", {"id": self.shop.ok("identity.key.create", {"principal": helper})["key"]["id"]}, idem=False)["text"]
        body = self.giving_back(6)
        request = self.wanted(body)["request"]
        self.shop.ok("identity.approval.give", {"request": request}, key=key)
        self.shop.ok("identity.principal.put", {"id": helper, "role": "cashier"})
        self.assertEqual(self.shop.call("orders.return", body, key=self.cashier, headers={"Merx-Approval": request})[0], 409)

    def test_beforehand(self):
        body = self.giving_back(6)
        me = self.wanted(body) and [a for a in self.shop.ok("identity.approval.pending", key=self.cashier)["approvals"]][0]["asker"]
        again = self.giving_back(8)
        given = self.shop.ok("identity.approval.give", {"op": "orders.return", "body": again, "asker": me}, key=self.manager)["approval"]
        self.assertEqual(self.shop.call("orders.return", again, key=self.cashier, headers={"Merx-Approval": given["id"]})[0], 200)
        third = self.giving_back(8)
        useless = self.shop.ok("identity.approval.give", {"op": "orders.return", "body": third, "asker": me}, key=self.shop.make_key("cashier"))["approval"]
        self.assertEqual(self.shop.call("orders.return", third, key=self.cashier, headers={"Merx-Approval": useless["id"]})[0], 409)

    def test_prices_by_hand(self):
        self.shop.ok("identity.policy.put", {"act": "orders.price_override", "above": 1000, "permission": "approvals.price"})
        body = self.sell(1, price=9000, reason="scratched")
        self.assertEqual(self.shop.call("orders.place", body, key=self.manager)[0], 200)
        body = self.sell(2, price=9000, reason="scratched")
        self.assertEqual(self.wanted(body, "orders.place", key=self.manager)["amount"], 2000)
        self.assertEqual(self.shop.call("orders.place", self.sell(2, price=12000, reason="dearer"), key=self.manager)[0], 200)

    def test_a_whole_operation(self):
        self.shop.ok("identity.policy.put", {"act": "inventory.receive", "permission": "inventory.receive"})
        body = {"location": "store-1", "lines": [{"sku": "TEA", "qty": 1000}]}
        asked = self.wanted(body, "inventory.receive", key=self.manager)
        self.assertEqual((asked["act"], asked["amount"]), ("inventory.receive", 0))
        self.shop.ok("identity.approval.give", {"request": asked["request"]})
        self.assertEqual(self.shop.call("inventory.receive", body, key=self.manager, headers={"Merx-Approval": asked["request"]})[0], 200)
        self.no_policy()
        self.assertEqual(self.shop.call("inventory.receive", body, key=self.manager)[0], 200)

    def test_an_amount_that_grew_is_asked_for_anew(self):
        self.shop.ok("identity.policy.put", {"act": "orders.price_override", "above": 1000, "permission": "approvals.price"})
        body = self.sell(1, price=8000, reason="scratched")
        first = self.wanted(body, "orders.place", key=self.manager)
        self.shop.ok("identity.approval.give", {"request": first["request"]})
        self.shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 20000, "unit": "piece", "category": "tea", "tax_ppm": 0})
        try:
            status, problem = self.shop.call("orders.place", body, key=self.manager, headers={"Merx-Approval": first["request"]})
            self.assertEqual((status, problem["code"]), (409, "approval_needed"))
            second = problem["approval"]
            self.assertEqual((first["amount"], second["amount"]), (2000, 12000))
            self.assertNotEqual(first["request"], second["request"])
            self.shop.ok("identity.approval.give", {"request": second["request"]})
            self.assertEqual(self.shop.call("orders.place", body, key=self.manager, headers={"Merx-Approval": second["request"]})[0], 200)
        finally:
            self.shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 10000, "unit": "piece", "category": "tea", "tax_ppm": 0})

    def test_policies(self):
        for never_asked in ("orders.list", "identity.pin.set", "inventory.take"):
            self.refused(400, "bad_input", "act", "identity.policy.put", {"act": never_asked, "permission": "orders.read"})
        self.assertEqual(self.shop.ok("identity.policy.list")["policies"],
                         [{"act": "orders.refund", "above": 50000, "permission": "approvals.refund"}])
        self.refused(400, "bad_input", "act", "identity.policy.put", {"act": "Orders refund", "permission": "a.b"})
        self.refused(400, "missing_field", "permission", "identity.policy.put", {"act": "a.b"})
        self.refused(404, "not_found", "act", "identity.policy.remove", {"act": "a.b"})
        self.refused(403, "forbidden", None, "identity.policy.put", {"act": "a.b", "permission": "a.b"}, key=self.manager)


class Expiry(unittest.TestCase):
    def test_an_approval_holds_ten_minutes_of_the_time_that_never_goes_back(self):
        with merx.Shop.start() as shop:
            shop.ok("shop.settings.put", {"practice": True})
            shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "Asia/Shanghai"})
            shop.ok("identity.policy.put", {"act": "inventory.location.put", "permission": "inventory.manage"})
            manager, body = shop.make_key("manager"), {"id": "store-2", "name": {"en": "Two"}, "zone": "Asia/Shanghai"}
            status, problem = shop.call("inventory.location.put", body, key=manager)
            self.assertEqual((status, problem["code"]), (409, "approval_needed"), problem)
            request = problem["approval"]["request"]
            shop.ok("identity.approval.give", {"request": request})
            now = shop.ok("shop.clock.get")["now"]
            shop.ok("shop.clock.advance", {"ms": 601000})
            shop.ok("shop.clock.set", {"at": now})
            status, problem = shop.call("inventory.location.put", body, key=manager, headers={"Merx-Approval": request})
            self.assertEqual((status, problem["code"]), (409, "approval_needed"), "a clock that was turned back revives nothing")
            self.assertNotEqual(problem["approval"]["request"], request)


if __name__ == "__main__":
    unittest.main()
