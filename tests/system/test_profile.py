"""Joining by any identifier and by link, the profile with the shop's own attributes, and days of birth."""

import os
import unittest

import merx

DAY = 24 * 3600 * 1000
NOBODY = "mem_" + "0" * 26


class Profile(merx.ShopTest):
    settings = {"zone": "Asia/Shanghai"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier, cls.channel = cls.shop.make_key("cashier"), cls.shop.make_key("channel")
        cls.now = cls.shop.ok("shop.clock.get")["now"]
        for code, more in {"skin": {"kind": "choice", "words": ["dry", "oily"]}, "shoe": {"kind": "int"}, "vegan": {"kind": "bool"},
                           "wedding": {"kind": "date", "personal": True}, "allergies": {"kind": "text", "personal": True}}.items():
            cls.shop.ok("membership.attribute.put", {"code": code, "name": {"en": code}, **more})

    def join(self, **more):
        return self.shop.ok("membership.join", more)["member"]["id"]

    def card(self, member, **more):
        return self.shop.ok("membership.get", {"id": member}, **more)["member"]

    def put(self, member, **more):
        return self.shop.ok("membership.profile.put", {"member": member, **more})

    def events(self, name, member):
        events = self.shop.ok("system.log.list", {"type": name, "limit": 500})["events"]
        return [event["data"] for event in events if event["data"]["member"] == member]


class Joining(Profile):
    def test_by_any_identifier(self):
        """S3-4: known by phone, email, card, openid, device or a marketplace account, and found by each in the next call."""
        keys = {"phone": "13900000001", "email": "a@example.org", "card": "C-0001", "openid": "wx-1", "device": "d-1", "account": "tmall:77"}
        member = self.shop.ok("membership.join", {**keys, "channel": "app"}, key=self.channel)["member"]["id"]
        for kind, value in keys.items():
            self.assertEqual(self.shop.ok("membership.view", {kind: value})["member"]["id"], member)
            answer = self.refused(409, "already_member", kind, "membership.join", {kind: value, "name": "Again"})
            self.assertNotIn(member, str(answer))
        for kind, value in list(keys.items())[1:]:
            self.join(**{kind: value + "9"})
        card = self.card(member)
        self.assertEqual((card["phones"], card["emails"], card["cards"], card["channel"]), (["+8613900000001"], ["a@example.org"], ["C-0001"], "app"))
        self.assertNotIn("name", card)

    def test_a_guest_becomes_a_member_and_what_is_new_is_linked(self):
        self.join(phone="13900000011", card="C-11")
        answer = self.refused(409, "already_member", "card", "membership.join", {"phone": "13900000012", "card": "C-11"})
        self.assertNotIn("13900000011", str(answer))
        self.refused(404, "not_found", "phone", "membership.find", {"phone": "13900000012"})
        self.join(phone="13900000012", email="b@example.org")

    def test_what_was_said_of_where_and_by_whom_is_handed_on(self):
        member = self.join(phone="13900000021", channel="web", location="store-1", referral="FRIEND7")
        event = self.events("membership.joined", member)[0]
        self.assertEqual((event["code"], event["channel"], event["location"]), ("FRIEND7", "web", "store-1"))

    def test_by_a_link(self):
        """S0-20: a QR code in the shop; whoever scans it joins with where and for which campaign it hung."""
        link = self.shop.ok("membership.join.link", {"location": "store-1", "campaign": "spring"}, key=self.cashier)
        member = self.shop.ok("membership.join", {"phone": "13900000031", "link": link["text"]}, key=self.channel)["member"]["id"]
        card = self.card(member)
        self.assertEqual((card["channel"], card["location"], card["campaign"]), ("qr", "store-1", "spring"))
        for text in (link["text"][:-1] + "x", link["text"].replace("store-1", "store-2"), "mxj_", "x", link["text"].replace("spring", "")):
            self.refused(400, "bad_input", "link", "membership.join", {"phone": "13900000032", "link": text})
        self.refused(400, "out_of_range", "until", "membership.join.link", {"location": "store-1", "until": 1000})
        self.refused(400, "bad_input", "campaign", "membership.join.link", {"location": "store-1", "campaign": "S p"})
        self.refused(404, "not_found", "phone", "membership.find", {"phone": "13900000032"})

    def test_bad_input_is_named_and_changes_nothing(self):
        for body, code, field in [
            ({"name": "x"}, "missing_field", "phone"), ({}, "missing_field", "phone"), ({"email": "no"}, "bad_input", "email"),
            ({"phone": "13900000041", "email": "a b@c.d"}, "bad_input", "email"), ({"account": "nocolon", "phone": "1"}, "bad_input", "phone"),
            ({"phone": "13900000041", "birth": {"month": 13, "day": 1}}, "out_of_range", "birth.month"),
            ({"phone": "13900000041", "birth": {"month": 2, "day": 30}}, "out_of_range", "birth.day"),
            ({"phone": "13900000041", "birth": {"year": 1999, "month": 2, "day": 29}}, "out_of_range", "birth.day"),
            ({"phone": "13900000041", "birth": {"year": 1800, "month": 2, "day": 2}}, "out_of_range", "birth.year"),
            ({"phone": "13900000041", "birth": {"year": 2199, "month": 2, "day": 2}}, "out_of_range", "birth.year"),
            ({"phone": "13900000041", "birth": {"month": 4, "day": 31}}, "out_of_range", "birth.day"),
            ({"phone": "13900000041", "attributes": {"skin": "wet"}}, "bad_input", "attributes.skin"),
            ({"phone": "13900000041", "consents": [{"purpose": "no-such"}]}, None, None),
        ]:
            with self.subTest(body=body):
                status, answer = self.shop.call("membership.join", body)
                self.assertIn(status, (400, 404), answer)
                if code:
                    self.assertEqual((answer["code"], answer["field"]), (code, field), answer)
        self.refused(404, "not_found", "phone", "membership.find", {"phone": "13900000041"})


class Attributes(Profile):
    def test_each_kind_is_checked_and_named(self):
        """S2-17a (a part): a profile with the shop's own typed attributes."""
        member = self.join(phone="13900000101")
        good = {"skin": "dry", "shoe": "-38", "vegan": "true", "wedding": "2020-02-29", "allergies": "nuts"}
        self.put(member, attributes=good)
        card = self.card(member)
        self.assertEqual(card["traits"], {"skin": "dry", "shoe": "-38", "vegan": "true"})
        self.assertEqual(card["attributes"], {"wedding": "2020-02-29", "allergies": "nuts"})
        for code, value in [("skin", "wet"), ("shoe", "38.5"), ("shoe", "038"), ("shoe", "-"), ("shoe", "9" * 16), ("vegan", "yes"),
                            ("wedding", "2021-02-29"), ("wedding", "2020-2-9"), ("wedding", "--02-02"), ("allergies", " "), ("allergies", "n" * 201), ("hat", "1")]:
            with self.subTest(code=code, value=value):
                answer = self.refused(400, "bad_input", "attributes." + code, "membership.profile.put", {"member": member, "attributes": {"vegan": "false", code: value}})
                self.assertNotIn(value, answer["detail"].split())
        self.assertEqual(self.card(member)["traits"], card["traits"])
        self.put(member, attributes={"skin": "", "allergies": ""})
        card = self.card(member)
        self.assertEqual((sorted(card["traits"]), sorted(card["attributes"])), (["shoe", "vegan"], ["wedding"]))
        self.assertEqual(self.events("membership.profile.changed", member)[-1]["fields"], ["attributes.allergies", "attributes.skin"])

    def test_personal_ones_are_masked_and_stand_nowhere_in_clear(self):
        """S0-31 (a part)."""
        member = self.join(phone="13900000111", name="Quirinus Canary", birth={"year": 1987, "month": 11, "day": 23},
                           attributes={"allergies": "peanut-canary", "skin": "oily"})
        masked = self.card(member, key=self.cashier)
        self.assertNotIn("Quirinus", str(masked))
        self.assertNotIn("peanut", str(masked))
        self.assertNotIn("1987", str(masked))
        self.assertEqual(self.card(member)["birth"], {"year": 1987, "month": 11, "day": 23, "lunar": False})
        for folder, _, files in os.walk(self.shop.folder):
            for name in files:
                if os.path.isfile(os.path.join(folder, name)):
                    with open(os.path.join(folder, name), "rb") as file:
                        content = file.read()
                    for text in (b"peanut-canary", b"Quirinus", b"1987-11-23"):
                        self.assertNotIn(text, content, name)

    def test_a_definition_does_not_change_its_meaning(self):
        put = {"code": "skin", "kind": "choice", "words": ["dry", "oily", "mixed"]}
        self.assertEqual(self.shop.ok("membership.attribute.put", put)["attribute"]["purpose"], "personalisation")
        self.refused(409, "attribute_in_use", "kind", "membership.attribute.put", {"code": "skin", "kind": "text"})
        self.refused(409, "attribute_in_use", "personal", "membership.attribute.put", {**put, "personal": True})
        for change, code, field in [({"code": "Skin"}, "bad_input", "code"), ({"words": ["one"]}, "missing_field", "words"),
                                    ({"words": ["a", "a"]}, "bad_input", "words[1]"), ({"kind": "int"}, "bad_input", "words"), ({"words": ["a", " "]}, "out_of_range", "words[1]")]:
            with self.subTest(change=change):
                self.refused(400, code, field, "membership.attribute.put", {**put, **change})
        self.refused(403, "forbidden", None, "membership.attribute.put", put, key=self.cashier)
        self.assertIn("skin", [one["code"] for one in self.shop.ok("membership.attribute.list", key=self.cashier)["attributes"]])

    def test_only_the_revision_that_was_seen_is_changed(self):
        member = self.join(phone="13900000121", name="Old")
        rev = self.card(member)["profile_rev"]
        self.assertEqual(self.put(member, name="New", if_rev=rev)["profile_rev"], rev + 1)
        self.refused(409, "conflict", "if_rev", "membership.profile.put", {"member": member, "name": "Late", "if_rev": rev})
        self.put(member, name="New")
        self.assertEqual((self.card(member)["name"], self.card(member)["profile_rev"]), ("New", rev + 1))
        self.refused(404, "not_found", "member", "membership.profile.put", {"member": NOBODY, "name": "x"})
        self.refused(400, "bad_input", "name", "membership.profile.put", {"member": member, "name": " "})


class Merged(Profile):
    def person(self, phone):
        return self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"]

    def shown(self, member):
        card = self.card(member)
        return {**card.get("traits", {}), **card.get("attributes", {})}

    def test_what_was_said_last_counts_under_whichever_id(self):
        """One customer, two ids: each attribute is the newest that was said; parted, each has her own again."""
        one, two = self.join(phone="13900000171"), self.join(phone="13900000172")
        self.put(one, attributes={"skin": "dry", "shoe": "38", "allergies": "nuts"})
        self.put(two, attributes={"skin": "oily", "allergies": "milk", "wedding": "2020-02-29"})
        self.put(one, attributes={"shoe": "39"})
        merge = self.shop.ok("identity.person.merge", {"from": self.person("13900000172"), "into": self.person("13900000171"), "reason": "one"})["merge"]
        for member in (one, two):
            self.assertEqual(self.shown(member), {"skin": "oily", "shoe": "39", "allergies": "milk", "wedding": "2020-02-29"})
        self.put(two, attributes={"skin": "dry", "allergies": ""})  # what stands under the first id already, and what does not
        self.assertEqual(self.shown(one), {"skin": "dry", "shoe": "39", "wedding": "2020-02-29"})
        self.assertEqual(self.changed(one), ["attributes.allergies", "attributes.skin"])
        told = len(self.events("membership.profile.changed", one))
        self.put(one, attributes={"skin": "dry", "allergies": ""})
        self.assertEqual(len(self.events("membership.profile.changed", one)), told, "nothing is another one now")
        self.shop.ok("identity.person.unmerge", {"merge": merge})
        self.assertEqual(self.shown(one), {"skin": "dry", "shoe": "39"})
        self.assertEqual(self.shown(two), {"skin": "oily", "allergies": "milk", "wedding": "2020-02-29"})

    def changed(self, member):
        return self.events("membership.profile.changed", member)[-1]["fields"]


class Erased(Profile):
    def test_nothing_personal_is_left_and_the_key_is_free_again(self):
        member = self.join(phone="13900000201", name="Gone", attributes={"skin": "dry", "allergies": "nuts"})
        self.shop.ok("membership.segments.put", {"member": member, "add": ["tea"], "reason": "r"})
        status, answer = self.shop.call("privacy.erase", {"member": member, "reason": "asked"})
        self.assertEqual(status, 200, answer)
        card = self.card(member)
        for name in ("name", "phones", "emails", "traits", "attributes", "segments"):
            self.assertFalse(card.get(name), (name, card))
        self.refused(404, "not_found", "member", "membership.profile.put", {"member": member, "name": "x"})
        for op, body in (("membership.counter.add", {"name": "reviews", "delta": 1, "source": "x"}), ("membership.tier.put", {"tier": "gold", "reason": "x"}),
                         ("membership.segments.put", {"add": ["tea"], "reason": "x"}), ("membership.clerk.put", {"clerk": "x"})):
            self.refused(404, "not_found", "member", op, {"member": member, **body})
        again = self.join(phone="13900000201", name="Somebody new")
        self.assertNotEqual(again, member)
        self.assertEqual(self.shop.verify().returncode, 0)


if __name__ == "__main__":
    unittest.main()
