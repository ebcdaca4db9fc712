"""Roles of the shop's own, additions to the program's, and staff who answer for some locations only."""

import unittest

import merx


class Roles(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("store-1", "store-2"):
            cls.shop.ok("inventory.location.put", {"id": name, "name": {"en": name}, "zone": "Asia/Shanghai"})
        cls.shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 1000, "unit": "piece", "category": "tea", "tax_ppm": 0})
        for name in ("store-1", "store-2"):
            cls.shop.ok("inventory.receive", {"location": name, "lines": [{"sku": "TEA", "qty": 100000}]})

    def role(self, code):
        return {role["code"]: role for role in self.shop.ok("identity.role.list")["roles"]}.get(code)

    def sale(self, location, **more):
        return {"channel": "till", "location": location, "lines": [{"sku": "TEA", "qty": 1000}], "tenders": [{"kind": "cash", "amount": 1000}], **more}

    def test_a_role_of_the_shops_own(self):
        self.shop.ok("identity.role.put", {"code": "buyer", "name": "Buyer", "permissions": ["catalog.*"]})
        self.assertEqual(self.role("buyer"), {"code": "buyer", "name": "Buyer", "own": True, "permissions": ["catalog.*", "identity.self"]})
        key = self.shop.make_key("buyer")
        self.assertEqual(self.shop.call("catalog.product.get", {"sku": "TEA"}, key=key)[0], 200)
        self.refused(403, "forbidden", None, "orders.place", self.sale("store-1"), key=key)
        self.shop.ok("identity.role.put", {"code": "buyer", "permissions": ["orders.sell"]})
        self.assertEqual(self.shop.call("orders.place", self.sale("store-1"), key=key)[0], 200, "a changed role counts at once")
        self.refused(403, "forbidden", None, "catalog.product.get", {"sku": "TEA"}, key=key)
        self.refused(409, "role_in_use", "code", "identity.role.remove", {"code": "buyer"})
        self.shop.close()
        self.shop.serve()
        self.assertEqual(self.shop.call("orders.place", self.sale("store-1"), key=key)[0], 200, "and after a restart")

    def test_built_in_roles_are_extended_not_reduced(self):
        before = self.role("auditor")["permissions"]
        auditor = self.shop.make_key("auditor")
        self.refused(403, "forbidden", None, "orders.place", self.sale("store-1"), key=auditor)
        self.shop.ok("identity.role.put", {"code": "auditor", "permissions": ["orders.sell"]})
        self.assertEqual(self.role("auditor")["permissions"], before + ["orders.sell"])
        self.assertEqual(self.shop.call("orders.place", self.sale("store-1"), key=auditor)[0], 200)
        self.assertEqual(self.shop.call("orders.list", {"location": "store-1"}, key=auditor)[0], 200)
        self.shop.ok("identity.role.remove", {"code": "auditor"})
        self.refused(403, "forbidden", None, "orders.place", self.sale("store-1"), key=auditor)
        self.assertEqual(self.role("auditor")["permissions"], before)

    def test_bad_roles_are_refused(self):
        for code, permissions, error, field in (("King", [], "bad_input", "code"), ("system", [], "bad_input", "code"),
                                                ("ok", ["*"], "bad_input", "permissions[0]"), ("ok", ["a.b", "A.b"], "bad_input", "permissions[1]"),
                                                ("ok", ["a..b"], "bad_input", "permissions[0]"), ("ok", [".*"], "bad_input", "permissions[0]")):
            self.refused(400, error, field, "identity.role.put", {"code": code, "permissions": permissions})
        self.refused(409, "owner_is_whole", "code", "identity.role.put", {"code": "owner", "permissions": []})
        self.refused(404, "not_found", "code", "identity.role.remove", {"code": "ok"})

    def test_scope(self):
        staff = self.shop.ok("identity.staff.put", {"name": "One", "login": "one", "role": "cashier", "locations": ["store-1"]})["staff"]["id"]
        key_id = self.shop.ok("identity.key.create", {"principal": staff})["key"]["id"]
        key = self.shop.ok("identity.key.reveal", {"id": key_id}, idem=False)["text"]
        order = self.shop.ok("orders.place", self.sale("store-1"), key=key)
        self.assertEqual(order["order"]["location"], "store-1")
        self.refused(403, "forbidden", "location", "orders.place", self.sale("store-2"), key=key)
        self.refused(403, "forbidden", "location", "orders.list", {"location": "store-2"}, key=key)
        self.refused(403, "forbidden", "location", "orders.list", {}, key=key)
        self.assertEqual(self.shop.call("orders.list", {"location": "store-1"}, key=key)[0], 200)
        self.assertEqual(self.shop.call("catalog.product.get", {"sku": "TEA"}, key=key)[0], 200, "what has no location is not touched")
        self.shop.ok("identity.staff.put", {"id": staff, "locations": ["store-1", "store-2"]})
        self.assertEqual(self.shop.call("orders.place", self.sale("store-2"), key=key)[0], 200)
        self.shop.ok("identity.staff.put", {"id": staff, "locations": []})
        self.assertEqual(self.shop.call("orders.list", {}, key=key)[0], 200)

    def test_a_manager_of_one_shop_keeps_to_it(self):
        staff = self.shop.ok("identity.staff.put", {"name": "M", "login": "m1", "role": "manager", "locations": ["store-1"]})["staff"]["id"]
        key = self.shop.ok("identity.key.reveal", {"id": self.shop.ok("identity.key.create", {"principal": staff})["key"]["id"]}, idem=False)["text"]
        here = self.shop.ok("identity.device.enrol", {"till": "a", "location": "store-1"}, key=key)["device"]["id"]
        self.refused(403, "forbidden", "location", "identity.device.enrol", {"till": "b", "location": "store-2"}, key=key)
        there = self.shop.ok("identity.device.enrol", {"till": "b", "location": "store-2"})["device"]["id"]
        self.refused(403, "forbidden", "id", "identity.device.code", {"id": there}, key=key, idem=False)
        self.assertEqual([d["id"] for d in self.shop.ok("identity.device.list", key=key)["devices"]], [here])
        self.refused(403, "forbidden", "id", "identity.device.revoke", {"id": there}, key=key)
        other = self.shop.ok("identity.staff.put", {"name": "C", "login": "c2", "role": "cashier", "locations": ["store-2"]})["staff"]["id"]
        self.refused(403, "forbidden", "staff", "identity.pin.set", {"staff": other, "pin": "8271"}, key=key, idem=False)


if __name__ == "__main__":
    unittest.main()
