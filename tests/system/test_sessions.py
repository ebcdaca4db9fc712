"""Sessions: opened with a password, ended by hand, by change and by time; guesses are few and tell nothing."""

import statistics
import time
import unittest

import merx

PASSWORD = "correct horse battery"


class Sessions(merx.ShopTest):
    def hire(self, login, role="cashier", password=PASSWORD):
        staff = self.shop.ok("identity.staff.put", {"name": login, "login": login, "role": role})["staff"]["id"]
        self.shop.ok("identity.staff.password", {"staff": staff, "password": password}, idem=False)
        return staff

    def open(self, login, password=PASSWORD):
        status, answer = self.shop.call("identity.session.open", {"login": login, "password": password}, key="", idem=False)
        self.assertEqual(status, 200, answer)
        return answer

    def status(self, token, op="identity.approval.pending"):
        return self.shop.call(op, {}, key=token)[0]

    def test_open_use_close(self):
        staff = self.hire("open")
        session = self.open("OPEN")
        self.assertEqual((session["principal"], session["role"]), (staff, "cashier"))
        self.assertTrue(session["token"].startswith("mxs_") and session["idle_s"] > 0)
        self.assertEqual(self.status(session["token"]), 200)
        self.assertEqual(self.status(session["token"], "identity.staff.list"), 403)
        listed = self.shop.ok("identity.session.list", {"principal": staff})["sessions"]
        self.assertEqual([(s["id"], s["kind"]) for s in listed], [(session["session"], "password")])
        self.shop.ok("identity.session.close", key=session["token"])
        self.assertEqual(self.status(session["token"]), 401)
        self.assertEqual(self.shop.ok("identity.session.list", {"principal": staff})["sessions"], [])
        self.refused(409, "no_session", None, "identity.session.close", {})

    def test_a_session_lives_through_a_restart(self):
        self.hire("stay")
        token = self.open("stay")["token"]
        self.shop.close()
        self.shop.serve()
        self.assertEqual(self.status(token), 200)

    def test_changes_end_or_change_sessions_at_once(self):
        staff = self.hire("changing", "manager")
        first, second = self.open("changing")["token"], self.open("changing")["token"]
        self.assertEqual(self.status(first, "identity.device.list"), 200)
        self.shop.ok("identity.staff.put", {"id": staff, "role": "cashier"})
        self.assertEqual((self.status(first, "identity.device.list"), self.status(first)), (403, 200))
        self.shop.ok("identity.session.revoke", {"id": self.shop.ok("identity.session.list", {"principal": staff})["sessions"][0]["id"]})
        self.assertEqual(sorted((self.status(first), self.status(second))), [200, 401])
        self.shop.ok("identity.staff.password", {"staff": staff, "password": "another good one"}, idem=False)
        self.assertEqual((self.status(first), self.status(second)), (401, 401))
        self.assertEqual(self.shop.call("identity.session.open", {"login": "changing", "password": PASSWORD}, key="", idem=False)[0], 401)
        third = self.open("changing", "another good one")["token"]
        self.shop.ok("identity.staff.put", {"id": staff, "disabled": True})
        self.assertEqual(self.status(third), 401)
        self.shop.ok("identity.staff.put", {"id": staff, "disabled": False})
        self.assertEqual(self.status(third), 401, "a session does not come back")

    def test_a_person_who_changes_the_own_password_stays(self):
        staff = self.hire("vain", "owner")
        mine, other = self.open("vain")["token"], self.open("vain")["token"]
        self.shop.ok("identity.staff.password", {"staff": staff, "password": "even better word"}, key=mine, idem=False)
        self.assertEqual((self.status(mine), self.status(other)), (200, 401))
        self.shop.ok("identity.staff.put", {"id": staff, "disabled": True})

    def test_unknown_login_and_wrong_password_are_alike(self):
        self.hire("known")
        ask = lambda login: self.shop.call("identity.session.open", {"login": login, "password": "wrong wrong wrong"}, key="", idem=False)
        answers, times = {}, {"known": [], "unknown": []}
        for login in ("known", "unknown"):
            for _ in range(4):
                begin = time.monotonic()
                answers[login] = ask(login)
                times[login].append(time.monotonic() - begin)
        self.assertEqual(answers["known"], answers["unknown"])
        self.assertEqual(answers["known"][0], 401)
        # the same work: a look-up alone takes a hundredth of a password's time
        known, unknown = (statistics.median(times[login]) for login in ("known", "unknown"))
        self.assertGreater(unknown, known / 5)

    def test_guesses_are_few(self):
        self.hire("target")
        codes = []
        for i in range(12):
            status, answer = self.shop.call("identity.session.open", {"login": "target", "password": "guess number %d" % i}, key="", idem=False)
            codes.append(status)
        self.assertIn(429, codes)
        self.assertLessEqual(codes.index(429), 9)
        self.assertEqual(answer["code"], "too_many")
        self.assertEqual(self.shop.call("identity.session.open", {"login": "target", "password": PASSWORD}, key="", idem=False)[0], 429,
                         "the right one does not get through either")
        status, headers, _ = self.shop.client().request("POST", "/v1/identity.session.open", b'{"login":"target","password":"once more, please"}',
                                                         {"Content-Type": "application/json"})
        self.assertEqual(status, 429)
        self.assertGreaterEqual(int(headers["Retry-After"]), 1)

    def test_guesses_from_elsewhere_lock_nobody_out(self):
        self.hire("besieged")
        self.open("besieged")
        stranger = merx.Client(self.shop.port, "", source="127.0.0.2")
        self.addCleanup(stranger.close)
        codes = [stranger.call("identity.session.open", {"login": "besieged", "password": "guess number %d" % i}, idem=False)[0] for i in range(12)]
        self.assertEqual((codes[0], codes[-1]), (401, 429))
        others = [stranger.call("identity.session.open", {"login": "name-%d" % i, "password": "wrong wrong wrong"}, idem=False)[0] for i in range(40)]
        self.assertEqual(others[-1], 429, "nor does he get further with many names")
        self.open("besieged")

    def test_bad_input_is_named(self):
        self.refused(400, "missing_field", "password", "identity.session.open", {"login": "x"}, key="", idem=False)
        self.refused(400, "unknown_field", "remember", "identity.session.open", {"login": "x", "password": "y", "remember": True}, key="", idem=False)
        for token in ("mxs_", "mxs_" + "0" * 26 + "_" + "A" * 43, "mxk_" + "0" * 26 + "_" + "A" * 43):
            self.assertEqual(self.status(token), 401)
        self.assertEqual(self.shop.client().request("GET", "/v1/identity.session.open?login=a&password=b")[0], 405)

    def test_settings(self):
        self.assertEqual(self.shop.ok("identity.settings.get"), {"password_hours": 12, "password_idle_minutes": 240, "pin_hours": 12,
                                                                 "pin_idle_minutes": 60, "device_hours": 24})
        self.assertEqual(self.shop.ok("identity.settings.put", {"password_idle_minutes": 5})["password_idle_minutes"], 5)
        self.hire("brief")
        self.assertEqual(self.open("brief")["idle_s"], 300)
        self.shop.ok("identity.settings.put", {"password_idle_minutes": 240})
        self.refused(400, "out_of_range", "pin_hours", "identity.settings.put", {"pin_hours": 0})


class Time(unittest.TestCase):
    def test_a_session_ends_by_the_time_that_never_goes_back(self):
        with merx.Shop.start() as shop:
            shop.ok("shop.settings.put", {"practice": True})
            staff = shop.ok("identity.staff.put", {"name": "Li", "login": "li", "role": "cashier"})["staff"]["id"]
            shop.ok("identity.staff.password", {"staff": staff, "password": PASSWORD}, idem=False)
            shop.ok("identity.settings.put", {"password_idle_minutes": 43200})
            token = shop.ok("identity.session.open", {"login": "li", "password": PASSWORD}, key="", idem=False)["token"]
            status = lambda: shop.call("identity.approval.pending", {}, key=token)[0]
            now = shop.ok("shop.clock.get")["now"]
            shop.ok("shop.clock.advance", {"ms": 11 * 3600000})
            self.assertEqual(status(), 200)
            shop.ok("shop.clock.advance", {"ms": 3600001})
            self.assertEqual(status(), 401)
            shop.ok("shop.clock.set", {"at": now})
            shop.close()
            shop.serve()
            self.assertEqual(status(), 401, "nor does a restart revive it")


if __name__ == "__main__":
    unittest.main()
