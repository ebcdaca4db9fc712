"""Devices and PINs: a till is enrolled once, proves itself with its own key, and staff step to it with PINs."""

import base64
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import merx


def text_of(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Till:
    """The other side: holds its key, proves itself."""

    def __init__(self, test, till, location="store-1", by=None):
        self.shop, self.key = test.shop, Ed25519PrivateKey.generate()
        self.public = text_of(self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        self.device = self.shop.ok("identity.device.enrol", {"till": till, "location": location}, key=by)["device"]
        self.code = self.shop.ok("identity.device.code", {"id": self.device["id"]}, key=by, idem=False)["code"]

    def claim(self, code=None, public=None):
        return self.shop.call("identity.device.claim", {"code": code or self.code, "public_key": public or self.public}, key="", idem=False)

    def prove(self, **change):
        challenge = self.shop.ok("identity.device.challenge", {"device": self.device["id"]}, key="", idem=False)
        said = {"shop": challenge["shop"], "device": self.device["id"], "nonce": challenge["nonce"], "what": "merx-device-open/1", **change}
        signed = "\n".join((said["what"], said["shop"], said["device"], said["nonce"]))
        return {"device": self.device["id"], "nonce": challenge["nonce"], "signature": text_of(self.key.sign(signed.encode()))}

    def open(self, proof=None):
        return self.shop.call("identity.device.open", proof or self.prove(), key="", idem=False)

    def ready(self):
        status, answer = self.claim()
        assert status == 200, answer
        self.name = answer["shop"]
        self.token = self.open()[1]["token"]
        return self


class Devices(merx.ShopTest):
    def hire(self, login, pin=None, role="cashier", **more):
        staff = self.shop.ok("identity.staff.put", {"name": login, "login": login, "role": role, **more})["staff"]["id"]
        if pin:
            self.shop.ok("identity.pin.set", {"staff": staff, "pin": pin}, idem=False)
        return staff

    def step(self, till, staff, pin):
        return self.shop.call("identity.pin.open", {"staff": staff, "pin": pin}, key=till.token, idem=False)

    def test_a_till_is_enrolled_and_opens(self):
        till = Till(self, "till-1", by=self.shop.make_key("manager"))
        self.assertEqual(self.shop.call("identity.device.code", {"id": till.device["id"]}, idem=False)[0], 404, "the code is shown once")
        self.assertEqual(till.open()[0], 401, "not before it brought its key")
        typed = "-".join((till.code[:4], till.code[4:8], till.code[8:])).lower()
        status, claimed = till.claim(typed)
        self.assertEqual((status, claimed["device"]["till"], claimed["device"]["location"]), (200, "till-1", "store-1"))
        self.assertEqual(till.claim()[1], claimed, "asked again after a lost answer")
        self.assertEqual(till.claim(public=text_of(b"\1" * 32))[1]["code"], "code_used")
        status, session = till.open()
        self.assertEqual((status, session["role"], session["principal"]), (200, "till", till.device["principal"]))
        self.assertEqual(self.shop.call("identity.approval.pending", {}, key=session["token"])[0], 200)
        self.assertEqual(self.shop.call("orders.place", {}, key=session["token"])[0], 403, "a till alone sells nothing")
        self.assertEqual(till.open()[0], 200)
        self.assertEqual(self.shop.call("identity.approval.pending", {}, key=session["token"])[0], 401, "a new session ends the one before")

    def test_codes_and_keys_are_checked(self):
        till = Till(self, "till-2")
        for body, code, field in (({"code": "0000-0000-0000", "public_key": till.public}, "not_found", "code"),
                                  ({"code": till.code, "public_key": "!" * 43}, "bad_input", "public_key"),
                                  ({"code": till.code, "public_key": "A" * 42}, "out_of_range", "public_key")):
            status, answer = self.shop.call("identity.device.claim", body, key="", idem=False)
            self.assertEqual((answer["code"], answer["field"]), (code, field), answer)
        self.refused(400, "bad_input", "till", "identity.device.enrol", {"till": "a b", "location": "store-1"})
        self.refused(403, "forbidden", None, "identity.device.enrol", {"till": "x", "location": "store-1"}, key=self.shop.make_key("cashier"))

    def test_only_the_right_signature_opens(self):
        till, other = Till(self, "till-3").ready(), Till(self, "till-4").ready()
        for change in ({"what": "merx-device-open/2"}, {"shop": "0" * 32}, {"device": other.device["id"]}, {"nonce": "x"}):
            self.assertEqual(till.open(till.prove(**change))[0], 401, change)
        proof = till.prove()
        self.assertEqual(till.open({**proof, "device": other.device["id"]})[0], 401)
        self.assertEqual(till.open({**proof, "signature": "A" * 86})[0], 401)
        self.assertEqual(till.open({**proof, "nonce": proof["nonce"][:-2] + "AA"})[0], 401)
        older = till.prove()
        self.assertEqual(till.open(till.prove())[0], 200)
        self.assertEqual((till.open(older)[0], till.open(proof)[0]), (401, 401), "a challenge counts once, and not after a younger one")
        self.assertEqual(till.open(till.prove())[0], 200)

    def test_a_revoked_device_is_out_at_once(self):
        till = Till(self, "till-5").ready()
        self.hire("out", "2580")
        person = self.step(till, "out", "2580")[1]["token"]
        self.shop.ok("identity.device.revoke", {"id": till.device["id"]})
        for token in (till.token, person):
            self.assertEqual(self.shop.call("identity.approval.pending", {}, key=token)[0], 401)
        self.assertEqual((till.open()[0], till.claim()[0]), (401, 404))
        self.assertTrue([d for d in self.shop.ok("identity.device.list")["devices"] if d["id"] == till.device["id"]][0]["revoked"])

    def test_pins_open_sessions_at_tills_alone(self):
        till = Till(self, "till-6").ready()
        staff = self.hire("lin", "7294")
        status, session = self.step(till, "LIN", "7294")
        self.assertEqual((status, session["principal"], session["role"], session["idle_s"]), (200, staff, "cashier", 3600))
        self.assertEqual(self.step(till, staff, "7294")[0], 200, "by id as well")
        sessions = self.shop.ok("identity.session.list", {"principal": staff})["sessions"]
        self.assertEqual({(s["kind"], s["device"]) for s in sessions}, {("pin", till.device["id"])})
        self.assertEqual(self.shop.call("orders.place", {}, key=session["token"])[0], 400, "may sell")
        self.refused(403, "forbidden", None, "identity.pin.open", {"staff": staff, "pin": "7294"}, idem=False)
        self.refused(403, "forbidden", None, "identity.pin.open", {"staff": staff, "pin": "7294"}, key=session["token"], idem=False)
        self.shop.ok("identity.session.close", key=session["token"])
        self.assertEqual(self.shop.call("identity.approval.pending", {}, key=session["token"])[0], 401)
        self.assertEqual(self.shop.call("identity.approval.pending", {}, key=till.token)[0], 200)

    def test_a_pin_session_ends_with_the_devices(self):
        till = Till(self, "till-7").ready()
        self.hire("mei", "9461")
        token = self.step(till, "mei", "9461")[1]["token"]
        self.shop.ok("identity.session.close", key=till.token)
        self.assertEqual(self.shop.call("identity.approval.pending", {}, key=token)[0], 401)

    def test_a_till_whose_principal_was_changed_still_knows_where_it_stands(self):
        till = Till(self, "till-14").ready()
        self.hire("here", "8305", locations=["store-1"])
        self.hire("there", "8306", locations=["store-9"])
        self.shop.ok("identity.staff.put", {"id": till.device["principal"], "locations": []})
        self.assertEqual(self.step(till, "here", "8305")[0], 200)
        self.assertEqual(self.step(till, "there", "8306")[1]["code"], "wrong_pin")

    def test_wrong_pins_at_one_till_leave_the_others_open(self):
        near, far = Till(self, "till-15").ready(), Till(self, "till-16").ready()
        self.hire("busy", "8305")
        codes = [self.step(near, "busy", str(2460 + i))[0] for i in range(9)]
        self.assertEqual(codes[-1], 429)
        self.assertEqual(self.step(far, "busy", "8305")[0], 200)

    def test_a_till_proves_itself_again_after_a_restart(self):
        till = Till(self, "till-17").ready()
        before = till.prove()
        self.shop.close()
        self.shop.serve()
        self.assertEqual(till.open(before)[0], 401, "a challenge is of one run of the program")
        self.assertEqual([till.open()[0] for _ in range(3)], [200, 200, 200])

    def test_wrong_pins_are_few_and_alike(self):
        till = Till(self, "till-8").ready()
        self.hire("wrong", "8305")
        self.hire("elsewhere", "8306", locations=["store-9"])
        self.hire("without")
        first = self.step(till, "wrong", "1357")
        self.assertEqual((first[0], first[1]["code"]), (409, "wrong_pin"))
        for name, pin in (("elsewhere", "8306"), ("without", "1357"), ("nobody", "1357")):
            self.assertEqual(self.step(till, name, pin), first)
        codes = [self.step(till, "wrong", str(2460 + i))[0] for i in range(12)]
        self.assertIn(429, codes)
        self.assertLessEqual(codes.index(429), 9)
        self.assertEqual(self.step(till, "wrong", "8305")[0], 429)

    def test_trivial_pins_are_refused(self):
        staff = self.hire("trivial")
        for pin in ("123", "1234", "4321", "0000", "1212", "123456789", "12a4", "８８２１"):
            self.refused(400, "bad_input", "pin", "identity.pin.set", {"staff": staff, "pin": pin}, idem=False)
        owner = self.hire("chief", role="owner")
        self.refused(403, "forbidden", "staff", "identity.pin.set", {"staff": owner, "pin": "7391"}, key=self.shop.make_key("manager"), idem=False)
        self.shop.ok("identity.pin.set", {"staff": staff, "pin": "7391"}, key=self.shop.make_key("manager"), idem=False)
        self.shop.ok("identity.staff.put", {"id": owner, "disabled": True})


if __name__ == "__main__":
    unittest.main()
