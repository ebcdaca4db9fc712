"""Staff: taken on, given passwords, changed, switched off; nobody gives away more than he holds."""

import unittest

import merx

PASSWORD = "correct horse battery"


class Staff(merx.ShopTest):
    def hire(self, login, role="cashier", password=None, **more):
        staff = self.shop.ok("identity.staff.put", {"name": login.title(), "login": login, "role": role, **more})["staff"]
        if password:
            self.shop.ok("identity.staff.password", {"staff": staff["id"], "password": password}, idem=False)
        return staff

    def test_a_colleague_is_hired_and_listed(self):
        staff = self.hire("Anna.Li", locations=["store-1", "store-2"], calls_per_minute=500)
        self.assertEqual((staff["login"], staff["role"], staff["locations"]), ("anna.li", "cashier", ["store-1", "store-2"]))
        self.assertIn(staff, self.shop.ok("identity.staff.list")["staff"])
        changed = self.shop.ok("identity.staff.put", {"id": staff["id"], "locations": []})["staff"]
        self.assertEqual((changed["locations"], changed["name"], changed["calls_per_minute"], changed["rev"]), ([], "Anna.Li", 500, 2))

    def test_bad_input_is_named(self):
        self.hire("taken")
        good = {"name": "X", "login": "someone", "role": "cashier"}
        for change, code, field in (({"login": "with space"}, "bad_input", "login"), ({"role": "king"}, "bad_input", "role"),
                                    ({"name": None}, "wrong_type", "name"), ({"locations": ["a b"]}, "bad_input", "locations[0]")):
            self.refused(400, code, field, "identity.staff.put", {**good, **change})
        for field in ("name", "login", "role"):
            self.refused(400, "missing_field", field, "identity.staff.put", {k: v for k, v in good.items() if k != field})
        self.refused(409, "exists", "login", "identity.staff.put", {**good, "login": "TAKEN"})
        self.refused(404, "not_found", "id", "identity.staff.put", {"id": "pri_00000000000000000000000000", "name": "Y"})

    def test_weak_passwords_are_refused(self):
        staff = self.hire("rosemary1")["id"]
        for weak in ("", "short", "1234567890", "Password123", "aaaaaaaaaaaa", "rosemary1!", "x" * 257):
            self.refused(400, "bad_input", "password", "identity.staff.password", {"staff": staff, "password": weak}, idem=False)
        self.refused(404, "not_found", "staff", "identity.staff.password",
                     {"staff": "pri_00000000000000000000000000", "password": PASSWORD}, idem=False)
        nameless = self.shop.ok("identity.principal.put", {"role": "cashier", "name": "web"})["principal"]["id"]
        self.refused(409, "no_login", "staff", "identity.staff.password", {"staff": nameless, "password": PASSWORD}, idem=False)

    def test_nobody_gives_more_than_he_holds(self):
        roles = {role["code"]: role["permissions"] for role in self.shop.ok("identity.role.list")["roles"]}
        self.shop.ok("identity.role.put", {"code": "hr", "permissions": ["identity.manage"] + roles["cashier"]})
        chief = self.shop.make_key("hr")
        owner = self.hire("boss", "owner")["id"]
        put = lambda role: self.shop.call("identity.staff.put", {"name": "N", "login": "by.hr." + role, "role": role}, key=chief)[0]
        self.assertEqual([put(role) for role in ("cashier", "manager", "owner", "hr")], [200, 403, 403, 200])
        self.refused(403, "forbidden", "id", "identity.staff.put", {"id": owner, "disabled": True}, key=chief)
        self.refused(403, "forbidden", "staff", "identity.staff.password", {"staff": owner, "password": PASSWORD}, key=chief, idem=False)
        self.refused(403, "forbidden", "principal", "identity.key.create", {"principal": owner}, key=chief)
        self.refused(403, "forbidden", "role", "identity.principal.put", {"role": "owner", "name": "me"}, key=chief)
        self.refused(403, "forbidden", "permissions[0]", "identity.role.put", {"code": "hr", "permissions": ["shop.manage"]}, key=chief)
        manager = self.shop.make_key("manager")
        self.refused(403, "forbidden", None, "identity.staff.list", {}, key=manager)

    def test_a_fresh_key_is_shown_to_those_who_could_have_made_it(self):
        self.shop.ok("identity.role.put", {"code": "clerk", "permissions": ["identity.manage"]})
        clerk = self.shop.make_key("clerk")
        owner = [p["id"] for p in self.shop.ok("identity.principal.list")["principals"] if p["role"] == "owner" and not p.get("disabled")][0]
        fresh = self.shop.ok("identity.key.create", {"principal": owner})["key"]["id"]
        self.refused(403, "forbidden", "id", "identity.key.reveal", {"id": fresh}, key=clerk, idem=False)
        self.assertTrue(self.shop.ok("identity.key.reveal", {"id": fresh}, idem=False)["text"])
        self.shop.ok("identity.key.revoke", {"id": fresh})

    def test_only_who_could_approve_changes_the_policy(self):
        self.shop.ok("identity.role.put", {"code": "clerk", "permissions": ["identity.manage"]})
        clerk = self.shop.make_key("clerk")
        self.shop.ok("identity.policy.put", {"act": "orders.refund", "above": 1000, "permission": "approvals.refund"})
        self.refused(403, "forbidden", "act", "identity.policy.remove", {"act": "orders.refund"}, key=clerk)
        self.refused(403, "forbidden", "act", "identity.policy.put", {"act": "orders.refund", "above": 10**9, "permission": "identity.self"}, key=clerk)
        self.refused(403, "forbidden", "permission", "identity.policy.put", {"act": "orders.place", "permission": "approvals.refund"}, key=clerk)
        self.shop.ok("identity.policy.remove", {"act": "orders.refund"})

    def test_the_log_tells_who_gave_whom_a_proof(self):
        staff = self.hire("watched", password=PASSWORD)["id"]
        manager = self.shop.make_key("manager")
        self.shop.ok("identity.pin.set", {"staff": staff, "pin": "8305"}, key=manager, idem=False)
        told = [e["data"] for e in self.shop.ok("system.log.list", {"type": "identity.proof.changed", "limit": 500})["events"]]
        mine = [(t["proof"], t["by"]) for t in told if t["principal"] == staff]
        self.assertEqual([proof for proof, _ in mine], ["password", "pin"])
        self.assertNotEqual(mine[0][1], mine[1][1])

    def test_an_owners_last_known_key_stays(self):
        with merx.Shop.start() as shop:
            key = shop.ok("identity.key.list")["keys"][0]
            other = shop.ok("identity.key.create", {"principal": key["principal"]})["key"]["id"]
            status, answer = shop.call("identity.key.revoke", {"id": key["id"]})
            self.assertEqual((status, answer["code"]), (409, "last_owner_key"), "nobody has fetched the other")
            shop.ok("identity.key.reveal", {"id": other}, idem=False)
            self.assertEqual(shop.call("identity.key.revoke", {"id": key["id"]})[0], 200)

    def test_the_last_owner_stays(self):
        keys = self.shop.ok("identity.principal.list")["principals"]
        me = [p["id"] for p in keys if p["name"] == "owner" and p["role"] == "owner"][0]
        others = [p for p in keys if p["role"] == "owner" and p["id"] != me and not p.get("disabled")]
        for other in others:
            self.shop.ok("identity.staff.put", {"id": other["id"], "disabled": True})
        self.refused(409, "last_owner", "role", "identity.staff.put", {"id": me, "role": "cashier"})
        self.refused(409, "last_owner", "role", "identity.staff.put", {"id": me, "locations": ["store-1"]})

    def test_no_secret_is_anywhere(self):
        secret = "a very unusual passphrase 77"
        staff = self.hire("quiet", password=secret)
        answer = self.shop.call("identity.session.open", {"login": "quiet", "password": secret}, key="", idem=False)[1]
        listed = str(self.shop.ok("identity.session.list", {"principal": staff["id"]}))
        self.assertEqual(self.shop.close(), 0)  # only a closed shop can be dumped
        log = self.shop.log_text()
        done = self.shop.run("dump", "--data", self.shop.data)
        self.shop.serve()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(staff["id"], done.stdout)
        for hidden in (secret, answer["token"], answer["token"][-20:]):
            self.assertNotIn(hidden, done.stdout)
            self.assertNotIn(hidden, log)
            self.assertNotIn(hidden, listed)


if __name__ == "__main__":
    unittest.main()
