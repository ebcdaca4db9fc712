"""Privacy: consent by purpose, channel and text; export; erasure; retention; the register; who looked (S0-31, S3-6b, S3-6)."""

import json
import time
import unittest

import consents
import merx
from customers import CustomerTest, new_phone

DAY = 24 * 3600 * 1000


class Privacy(merx.ShopTest):
    joined = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("shop.settings.put", {"practice": True})

    def join(self, name="Lin Xiaoyu"):
        Privacy.joined += 1
        phone = "139%08d" % Privacy.joined
        return self.shop.ok("membership.join", {"phone": phone, "name": name})["member"]["id"], "+86" + phone

    def held(self, member):
        listed = self.shop.ok("privacy.consent.list", {"member": member})
        return {(c["purpose"], c.get("channel", "")): c["given"] for c in listed["consents"]}

    def shown(self):
        events, at = [], 1
        while True:
            page = self.shop.ok("system.log.list", {"type": "system.pii.shown", "from": at, "limit": 500})
            events += page["events"]
            if page["next"] == at:
                return events
            at = page["next"]


class Consent(Privacy):
    def test_purposes_are_known_and_a_shop_adds_its_own(self):
        codes = [p["code"] for p in self.shop.ok("privacy.purpose.list")["purposes"]]
        self.assertLessEqual({"marketing", "personalisation", "service"}, set(codes))
        put = lambda **more: {"code": "panel", "name": {"en": "Tasting panel"}, "basis": "consent", **more}
        self.shop.ok("privacy.purpose.put", put(needs=["phone"]))
        purposes = self.shop.ok("privacy.purpose.list")["purposes"]
        self.assertEqual([p["code"] for p in purposes], sorted(p["code"] for p in purposes))
        self.refused(400, "bad_input", "code", "privacy.purpose.put", put(code="No!"))
        self.refused(400, "bad_input", "channels[1]", "privacy.purpose.put", put(channels=["sms", "sms"]))
        self.refused(400, "bad_input", "channels", "privacy.purpose.put", put(basis="law", channels=["sms"]))
        self.refused(409, "own_purpose", "basis", "privacy.purpose.put", put(code="service", basis="consent"))
        self.refused(409, "own_purpose", "basis", "privacy.purpose.put", put(code="marketing", basis="contract"))

    def test_a_text_that_stands_is_never_changed(self):
        self.shop.ok("privacy.purpose.put", {"code": "letters", "name": {"en": "Letters"}, "basis": "consent"})
        text = {"purpose": "letters", "language": "zh", "version": 1, "body": "我们可以写信吗？\n随时可以收回。"}
        self.shop.ok("privacy.text.put", text)
        for version in (1, 3):
            self.refused(409, "text_stands", "version", "privacy.text.put", dict(text, version=version))
        self.shop.ok("privacy.text.put", dict(text, version=2, body="better"))
        self.assertEqual(self.shop.ok("privacy.text.get", {"purpose": "letters", "language": "zh", "version": 1})["body"], text["body"])
        self.assertEqual(self.shop.ok("privacy.text.get", {"purpose": "letters", "language": "zh"})["version"], 2)
        self.refused(404, "not_found", "purpose", "privacy.text.put", dict(text, purpose="nothing"))
        self.refused(400, "bad_input", "language", "privacy.text.put", dict(text, language="z h"))

    def test_consent_is_given_for_a_text_and_taken_back_at_once(self):
        member, _ = self.join()
        consents.agree(self.shop, member)
        self.assertEqual(self.held(member), {("personalisation", ""): True})
        consents.take_back(self.shop, member)
        self.assertEqual(self.held(member), {("personalisation", ""): False})
        history = self.shop.ok("privacy.consent.list", {"member": member})["history"]
        self.assertEqual([(w["given"], w.get("text", ""), w["source"]) for w in history],
                         [(False, "", "till"), (True, "personalisation/en/1", "till")])
        self.assertTrue(all(w["by"] and w["at"] for w in history))

    def test_each_channel_has_its_own_word_and_the_latest_counts(self):
        member, _ = self.join()
        consents.agree(self.shop, member, "marketing", "sms")
        self.assertEqual(self.held(member), {("marketing", "sms"): True})
        consents.agree(self.shop, member, "marketing")
        consents.take_back(self.shop, member, "marketing", "email")
        self.assertEqual(self.held(member), {("marketing", ""): False, ("marketing", "sms"): True, ("marketing", "email"): False})
        consents.take_back(self.shop, member, "marketing")
        self.assertFalse(any(self.held(member).values()))

    def test_nobody_is_made_to_agree(self):
        member, _ = self.join()
        say = lambda **more: {"member": member, "purpose": "personalisation", "language": "en", "version": 1, **more}
        consents.agree(self.shop, member)
        self.refused(409, "consent_not_asked", "purpose", "privacy.consent.give", say(purpose="service"))
        self.refused(404, "not_found", "purpose", "privacy.consent.give", say(purpose="nothing"))
        self.refused(404, "not_found", "member", "privacy.consent.give", say(member="mem_" + "0" * 26))
        self.refused(404, "not_found", "version", "privacy.consent.give", say(version=99))
        self.refused(400, "missing_field", "language", "privacy.consent.give", {"member": member, "purpose": "personalisation"})
        self.refused(400, "bad_input", "channel", "privacy.consent.give", say(channel="sms"))
        self.assertEqual(len(self.shop.ok("privacy.consent.list", {"member": member})["history"]), 1)

    def test_a_word_holds_for_all_ids_of_one_customer(self):
        first, phone = self.join()
        second, other = self.join()
        consents.agree(self.shop, first)
        person = lambda number: self.shop.ok("identity.person.find", {"kind": "phone", "value": number})["person"]
        merge = self.shop.ok("identity.person.merge", {"from": person(phone), "into": person(other), "reason": "same hand"})
        self.assertEqual(self.held(second), {("personalisation", ""): True})
        consents.take_back(self.shop, second)
        self.assertEqual(self.held(first), {("personalisation", ""): False})
        self.assertEqual(len(self.shop.ok("privacy.consent.list", {"member": first})["history"]), 2)
        self.assertTrue(merge)


    def test_who_was_one_with_her_keeps_his_own_word(self):
        self.shop.ok("privacy.purpose.put", {"code": "letters", "name": {"en": "Letters"}, "basis": "consent", "channels": ["post", "email"]})
        self.shop.ok("privacy.text.put", {"purpose": "letters", "language": "en", "version": 1, "body": "We write to you."})
        (first, phone), (second, other) = self.join(), self.join()
        word = {"member": first, "purpose": "letters", "language": "en", "version": 1, "source": "till"}
        self.shop.ok("privacy.consent.give", word)
        person = lambda number: self.shop.ok("identity.person.find", {"kind": "phone", "value": number})["person"]
        merge = self.shop.ok("identity.person.merge", {"from": person(phone), "into": person(other), "reason": "same hand"})["merge"]
        self.shop.ok("privacy.consent.withdraw", {"member": first, "purpose": "letters", "channel": "post"})
        self.shop.ok("identity.person.unmerge", {"merge": merge if isinstance(merge, str) else merge["id"]})
        self.shop.ok("privacy.erase", {"member": second, "reason": "asked"})
        self.assertEqual(self.held(first), {("letters", ""): False, ("letters", "post"): False})
        self.shop.ok("privacy.erase", {"member": first, "reason": "asked"})
        self.assertEqual(self.held(first), {})


class Duties(Privacy):
    def test_an_export_has_everything_and_only_who_asked_gets_it(self):
        member, phone = self.join("Zhang San")
        consents.agree(self.shop, member)
        asked = self.shop.ok("privacy.export.ask", {"member": member})
        got = self.shop.ok("privacy.export.fetch", {"id": asked["id"]})
        text = json.dumps(got, ensure_ascii=False)
        self.assertIn("Zhang San", text)
        self.assertIn(phone, text)
        self.assertEqual(got["sections"]["consents"]["history"][0]["text"], "personalisation/en/1")
        manager = self.shop.make_key("manager")
        self.refused(404, "not_found", "id", "privacy.export.fetch", {"id": asked["id"]}, key=manager)
        cashier = self.shop.make_key("cashier")
        self.refused(403, "forbidden", None, "privacy.export.ask", {"member": member}, key=cashier)
        self.shop.ok("shop.clock.advance", {"ms": 2 * 3600 * 1000})
        self.refused(404, "not_found", "id", "privacy.export.fetch", {"id": asked["id"]})

    def test_an_export_that_was_handed_out_is_gone_ten_minutes_later(self):
        member, _ = self.join("Zhao Min")
        fetch = lambda: self.shop.ok("privacy.export.fetch", {"id": asked["id"]})
        minutes = lambda count: self.shop.ok("shop.clock.advance", {"ms": count * 60 * 1000})
        asked = self.shop.ok("privacy.export.ask", {"member": member})
        minutes(20)
        first = fetch()
        self.assertIn("Zhao Min", json.dumps(first))
        self.assertLess(first["until"], first["at"] + 11 * 60 * 1000)
        minutes(6)
        self.assertEqual(fetch()["until"], first["until"], "a download that broke may be repeated, and that does not prolong it")
        minutes(5)
        self.refused(404, "not_found", "id", "privacy.export.fetch", {"id": asked["id"]})
        asked = self.shop.ok("privacy.export.ask", {"member": member})
        minutes(55)
        last = fetch()
        self.assertLess(last["until"], last["at"] + 6 * 60 * 1000, "an hour after it was asked for it is gone in any case")
        asked = self.shop.ok("privacy.export.ask", {"member": member})
        self.shop.ok("privacy.erase", {"member": member, "reason": "she asked"})
        self.refused(404, "not_found", "id", "privacy.export.fetch", {"id": asked["id"]})
        self.refused(409, "member_erased", "member", "privacy.export.ask", {"member": member})

    def test_forgetting_leaves_the_books(self):
        self.location()
        self.product("KEEP-1", stock=5)
        member, phone = self.join("Wang Wu")
        consents.agree(self.shop, member)
        order = self.shop.ok("orders.place", {"location": "store-1", "channel": "till", "member": member,
                                              "lines": [{"sku": "KEEP-1", "qty": 1000}],
                                              "tenders": [{"kind": "cash", "amount": 5000}]})["order"]["id"]
        answer = self.shop.ok("privacy.erase", {"member": member, "reason": "she asked"})
        self.assertGreater(answer["gone_at"], 0)
        self.assertNotEqual(self.shop.call("membership.find", {"phone": phone})[0], 200)
        status, card = self.shop.call("membership.get", {"id": member})
        self.assertNotIn("Wang Wu", json.dumps(card))
        self.assertEqual(self.shop.ok("orders.get", {"id": order})["order"]["total"], 1000)
        self.assertNotEqual(self.shop.call("privacy.erase", {"member": member, "reason": "again"})[0], 200)
        again = self.shop.ok("membership.join", {"phone": phone, "name": "Somebody New"})["member"]["id"]
        self.assertNotEqual(again, member)
        self.assertEqual(self.held(again), {})
        verified = self.shop.verify()
        self.assertEqual(verified.returncode, 0, verified.stdout)

    def test_who_was_shown_personal_data_stands_in_the_log_before_the_answer(self):
        member, phone = self.join("Li Si")
        before = len(self.shown())
        self.shop.ok("membership.get", {"id": member})
        seen = self.shown()
        self.assertEqual(len(seen), before + 1)
        self.assertEqual((seen[-1]["data"]["op"], seen[-1]["data"]["count"], len(seen[-1]["data"]["persons"])), ("membership.get", 1, 1))
        self.assertTrue(seen[-1]["data"]["persons"][0].startswith("per_"))
        self.assertNotIn("Li Si", json.dumps(seen))
        asked = self.shop.ok("privacy.export.ask", {"member": member})
        self.shop.ok("privacy.export.fetch", {"id": asked["id"]})
        self.assertEqual(self.shown()[-1]["data"]["op"], "privacy.export.fetch")
        count = len(self.shown())
        masked = self.shop.ok("membership.get", {"id": member}, key=self.shop.make_key("cashier"))["member"]
        self.assertNotIn("Li Si", json.dumps(masked))
        self.shop.ok("privacy.purpose.list")
        self.assertEqual(len(self.shown()), count, "what was masked was not shown")
        done = self.shop.run("call", "membership.get", json.dumps({"id": member}), "--url", "http://127.0.0.1:%d" % self.shop.port)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.shown()), count + 1)

    def test_the_register_says_what_is_kept_and_law_is_a_floor(self):
        register = self.shop.ok("privacy.register")
        kinds = {kind["name"]: kind for kind in register["kinds"]}
        self.assertLessEqual({"privacy.word", "identity.identifier"}, set(kinds))
        self.assertTrue(all(kind.get("about") and kind.get("basis") for kind in kinds.values()), kinds)
        for name in kinds:
            self.assertIn("- " + name, register["text"])
        self.assertEqual(register["country"], "CN")
        self.assertIn("in the country CN", register["text"])
        self.refused(409, "law_floor", "days", "privacy.retention.put", {"name": "privacy.word", "days": 1094})
        self.refused(409, "never_trimmed", "name", "privacy.retention.put", {"name": "privacy.consent", "days": 4000})
        self.refused(404, "not_found", "name", "privacy.retention.put", {"name": "nothing", "days": 4000})
        self.shop.ok("privacy.retention.put", {"name": "privacy.word", "days": 1200})
        kinds = {kind["name"]: kind for kind in self.shop.ok("privacy.register")["kinds"]}
        self.assertEqual(kinds["privacy.word"]["keep_days"], 1200)
        self.shop.ok("privacy.retention.put", {"name": "privacy.word", "days": 0})


class CardNumbers(Privacy):
    NUMBER = "4111 1111 1111 1111"

    def test_no_free_text_takes_the_number_of_a_payment_card(self):
        """The number is refused by the field's name, changes nothing and stands nowhere afterwards."""
        member, _ = self.join()
        self.refused(400, "looks_like_card_number", "reason", "loyalty.points.adjust",
                     {"member": member, "points": 5, "reason": "paid by " + self.NUMBER})
        self.refused(400, "looks_like_card_number", "reason", "membership.tier.put",
                     {"member": member, "tier": "gold", "reason": self.NUMBER.replace(" ", "-")})
        status, answer = self.shop.call("membership.join", {"phone": new_phone(), "name": self.NUMBER.replace(" ", "")})
        self.assertEqual((status, answer["field"]), (400, "name"))
        self.assertNotIn("1111", json.dumps(answer))
        self.assertEqual(self.shop.ok("loyalty.points.balance", {"member": member})["points"], 0)
        self.assertNotIn("1111 1111", self.shop.log_text())

    def test_nor_does_a_text_attribute_of_the_shops_own(self):
        self.shop.ok("membership.attribute.put", {"code": "wishes", "kind": "text", "personal": True})
        self.shop.ok("membership.attribute.put", {"code": "open-wishes", "kind": "text"})
        member, _ = self.join()
        for code in ("wishes", "open-wishes"):
            for op, body in (("membership.profile.put", {"member": member}), ("membership.join", {"phone": new_phone()})):
                refused = self.refused(400, "looks_like_card_number", "attributes." + code, op, {**body, "attributes": {code: "pay with " + self.NUMBER}})
                self.assertNotIn("1111", json.dumps(refused))
        self.shop.ok("membership.profile.put", {"member": member, "attributes": {"wishes": "call 4006381333931"}})
        self.assertEqual(self.shop.ok("membership.get", {"id": member})["member"]["attributes"], {"wishes": "call 4006381333931"})

    def test_nor_do_the_rows_of_a_file(self):
        """What a plugin made of a file is looked at where it hands it on."""
        self.shop.ok("intake.mapping.put", {"name": "crm", "channel": "crm", "kind": "customers", "format": "csv",
                                            "columns": [{"target": "external", "from": "id"}, {"target": "phone", "from": "phone"},
                                                        {"target": "name", "from": "name"}]})
        good, bad = new_phone(), new_phone()
        run = self.shop.ok("intake.run", {"mapping": "crm", "data": "id,phone,name\n1,%s,Lin\n2,%s,%s\n" % (good, bad, self.NUMBER)})["run"]["id"]
        end = time.monotonic() + 20
        while (shown := self.shop.ok("intake.run.get", {"run": run}))["run"]["state"] != "done" and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual((shown["run"]["fresh"], shown["run"]["failed"]), (1, 1))
        error, = self.shop.ok("intake.errors", {"run": run})["errors"]
        self.assertEqual(error["line"], 3)
        self.assertIn("payment card", error["reason"])
        self.assertNotIn("1111", json.dumps(error))
        self.assertEqual(self.shop.call("membership.find", {"phone": bad})[0], 404)
        self.shop.ok("membership.find", {"phone": good})

    def test_other_long_numbers_are_no_cards(self):
        member, _ = self.join()
        for reason in ("order 4006381333931", "4111111111111112", "Tmall 1234567890123456789"):
            self.shop.ok("loyalty.points.adjust", {"member": member, "points": 1, "reason": reason})


class Herself(CustomerTest):
    """A customer in her own session: her own consents, her own export, her own end; nobody else's."""

    def shown(self):
        return len(self.shop.ok("system.log.list", {"type": "system.pii.shown", "limit": 500})["events"])

    def test_she_agrees_reads_and_leaves_by_herself(self):
        phone, other = new_phone(), self.join()
        mine = self.join(phone, name="Mei Mei")
        consents.agree(self.shop, other)
        token = self.login(phone)
        ok = lambda op, body: self.shop.ok(op, body, key=token)
        before = self.shown()
        ok("privacy.consent.give", {"purpose": "personalisation", "language": "en", "version": 1, "source": "app"})
        self.assertEqual([c["given"] for c in ok("privacy.consent.list", {})["consents"]], [True])
        everything = json.dumps(ok("privacy.export.fetch", {"id": ok("privacy.export.ask", {})["id"]}))
        self.assertIn("Mei Mei", everything)
        self.assertIn(phone, everything)
        self.assertEqual(self.shown(), before, "who reads what is kept of herself is not noted")
        for op, body in (("privacy.consent.list", {}), ("privacy.export.ask", {}), ("privacy.erase", {"reason": "spite"}),
                         ("privacy.consent.withdraw", {"purpose": "personalisation"})):
            self.refused(403, "forbidden", None, op, dict(body, member=other), key=token)
        theirs = self.shop.ok("privacy.export.ask", {"member": other})["id"]
        self.refused(404, "not_found", "id", "privacy.export.fetch", {"id": theirs}, key=token)
        ok("privacy.erase", {"reason": "I am leaving"})
        self.assertEqual(self.shop.call("privacy.consent.list", {}, key=token)[0], 401)
        self.assertNotIn("Mei Mei", json.dumps(self.shop.call("membership.get", {"id": mine})))

    def test_money_on_a_card_is_not_forgotten_by_mistake(self):
        self.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "store-1"}, "zone": "Asia/Shanghai"})
        member = self.join()
        self.shop.ok("wallet.load", {"kind": "credit", "member": member, "amount": 5000, "location": "store-1",
                                     "tenders": [{"kind": "cash", "amount": 5000}]})
        refused = self.refused(409, "still_holds", "forfeit", "privacy.erase", {"member": member, "reason": "she asked"})
        self.assertIn("5000", refused["detail"])
        self.shop.ok("privacy.erase", {"member": member, "reason": "she asked", "forfeit": True})
        self.assertEqual(self.shop.verify().returncode, 0)


class Forgotten(CustomerTest):
    """Nothing is begun with who was forgotten; what she bought before comes back as it was paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        test = cls()
        test.location()
        test.product("TEA", price=1000, below_zero=True)
        cls.shop.ok("loyalty.settings.put", {"burn_minor_per_point": 10})

    def sale(self, member, *tenders, pieces=1):
        return {"location": "store-1", "channel": "till", "member": member, "lines": [{"sku": "TEA", "qty": pieces * 1000}],
                "tenders": list(tenders) or [{"kind": "cash", "amount": 1000 * pieces}]}

    def test_no_sale_names_who_was_forgotten(self):
        member = self.join()
        bare = {name: value for name, value in self.sale(member).items() if name != "tenders"}
        held = self.shop.ok("orders.hold", bare)["held"]
        self.shop.ok("privacy.erase", {"member": member, "reason": "she asked"})
        orders = len(self.shop.ok("orders.list", {"location": "store-1", "limit": 500})["orders"])
        for op, body in (("orders.place", self.sale(member)), ("orders.quote", bare), ("orders.hold", bare),
                         ("orders.place", {**self.sale(member), "held": held})):
            refused = self.refused(409, "member_erased", "member", op, body)
            self.assertIn("forgotten", refused["detail"])
        self.assertEqual(len(self.shop.ok("orders.list", {"location": "store-1", "limit": 500})["orders"]), orders)
        without = self.sale(member)
        del without["member"]
        self.shop.ok("orders.place", {**without, "held": held})

    def test_her_old_order_comes_back_to_its_tenders(self):
        member = self.join()
        self.shop.ok("loyalty.points.adjust", {"member": member, "points": 50, "reason": "x"})
        order = self.shop.ok("orders.place", self.sale(member, {"kind": "points", "amount": 500, "proof": self.proof_of(member)},
                                                       {"kind": "cash", "amount": 1500}, pieces=2))["order"]
        self.shop.ok("privacy.erase", {"member": member, "reason": "she asked"})
        back = {"location": "store-1", "reason": "too late", "lines": [{"order": order["id"], "line": 1, "qty": 1000}]}
        paid = [self.shop.ok("orders.return", back)["return"]["payments"] for _ in range(2)]
        self.assertEqual([[(p["kind"], p["amount"]) for p in one] for one in paid],
                         [[("points", 500), ("cash", 500)], [("cash", 1000)]])
        refused = self.refused(409, "member_erased", "member", "orders.place", self.sale(member, {"kind": "points", "amount": 500}, pieces=1))
        self.assertNotIn("points", refused["detail"], "nobody can spend what went back to nobody")
        self.assertEqual(self.shop.verify().returncode, 0, self.shop.verify().stdout)


class SecondPerson(Privacy):
    def test_exports_and_erasures_may_want_a_second_person(self):
        member, _ = self.join()
        for act in ("privacy.export", "privacy.erase"):
            self.shop.ok("identity.policy.put", {"act": act, "permission": "privacy.settings"})
        manager = self.shop.make_key("manager")
        for op, body in (("privacy.export.ask", {"member": member}), ("privacy.erase", {"member": member, "reason": "law"})):
            status, answer = self.shop.call(op, body, key=manager, idem="second-" + op)
            self.assertEqual(answer["code"], "approval_needed", answer)
            self.shop.ok("identity.approval.give", {"request": answer["approval"]["request"]})
            status, answer = self.shop.call(op, body, key=manager, idem="second-" + op, headers={"Merx-Approval": answer["approval"]["request"]})
            self.assertEqual(status, 200, answer)


class Retention(unittest.TestCase):
    """S3-6: what is too old goes, in steps; who bought nothing for years is forgotten."""

    def wait(self, until):
        end = time.monotonic() + 20
        while not until() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertTrue(until())

    def test_whatever_can_be_trimmed_is_trimmed_by_whoever_keeps_it(self):
        with merx.Shop.start() as shop:
            shop.ok("shop.settings.put", {"practice": True})
            member = shop.ok("membership.join", {"phone": "13700000009", "name": "Somebody"})["member"]["id"]
            consents.agree(shop, member)
            shop.ok("insight.behaviour.add", {"rows": [{"member": member, "kind": "page", "subject": "tea"}]})
            kinds = [kind for kind in shop.ok("privacy.register")["kinds"] if kind.get("trimmed")]
            self.assertGreater(len(kinds), 1, kinds)
            for kind in kinds:
                shop.ok("privacy.retention.put", {"name": kind["name"], "days": max(kind.get("law_days", 0), 1)})
            shop.ok("shop.clock.advance", {"ms": 4000 * DAY})
            self.wait(lambda: not shop.ok("privacy.consent.list", {"member": member})["history"])  # the last kind by name, but for none
            self.assertNotIn("level=error", shop.log_text())
            self.assertEqual(shop.verify().returncode, 0, shop.verify().stdout)

    def test_old_words_and_idle_customers_go(self):
        with merx.Shop.start() as shop:
            shop.ok("shop.settings.put", {"practice": True})
            old = shop.ok("membership.join", {"phone": "13700000001", "name": "Old One"})["member"]["id"]
            for _ in range(3):
                consents.agree(shop, old)
                consents.take_back(shop, old)
            loyal = shop.ok("membership.join", {"phone": "13700000003", "name": "Loyal One"})["member"]["id"]
            consents.agree(shop, loyal)
            held = shop.ok("privacy.consent.list", {"member": loyal})["consents"]
            self.assertEqual((held[0]["given"], held[0]["source"], bool(held[0]["by"])), (True, "till", True))
            shop.ok("privacy.retention.put", {"name": "privacy.word", "days": 1100})
            shop.ok("privacy.retention.put", {"name": "idle", "days": 1500})
            words = lambda member: len(shop.ok("privacy.consent.list", {"member": member})["history"])
            self.assertEqual(words(old), 6)
            shop.ok("shop.clock.advance", {"ms": 1200 * DAY})
            young = shop.ok("membership.join", {"phone": "13700000002", "name": "Young One"})["member"]["id"]
            consents.agree(shop, young)
            self.wait(lambda: words(old) == 0)
            self.assertEqual((words(young), words(loyal)), (1, 0))
            self.assertEqual(shop.ok("privacy.consent.list", {"member": loyal})["consents"], held, "what holds is proof of itself")
            shop.ok("shop.clock.advance", {"ms": 400 * DAY})
            self.wait(lambda: shop.call("membership.find", {"phone": "13700000001"})[0] == 404)
            self.assertEqual(shop.ok("membership.find", {"phone": "13700000002"})["member"]["id"], young)
            self.assertEqual(shop.verify().returncode, 0, shop.verify().stdout)


if __name__ == "__main__":
    unittest.main()
