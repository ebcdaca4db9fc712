"""What keeps gift cards from their own sellers: where they may be loaded, whose word a new code needs, and how often a PIN is guessed."""

import unittest

from customers import CustomerTest

DAY = 86400000


class Guarded(CustomerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls().location()
        cls().location("store-2")
        cls().product("TEA", price=1000, below_zero=True)

    def cash(self, amount):
        return {"amount": amount, "tenders": [{"kind": "cash", "amount": amount}]}

    def card(self, amount=1000, key=None, **more):
        body = {"kind": "gift_card", "location": "store-1", **self.cash(amount), **more}
        account = self.shop.ok("wallet.load", body, key=key)["account"]
        return account, self.code(account, key=key)

    def code(self, account, key=None):
        return self.shop.ok("wallet.card.reveal", {"account": account}, key=key, idem=False)["code"]

    def hire(self, role, **more):
        """-> principal and key."""
        principal = self.shop.ok("identity.principal.put", {"role": role, "name": role})["principal"]["id"]
        if more:
            self.shop.ok("identity.staff.put", {"id": principal, **more})
        key = self.shop.ok("identity.key.create", {"principal": principal})["key"]["id"]
        return principal, self.shop.ok("identity.key.reveal", {"id": key})["text"]

    def exceptions(self, kind):
        rows = self.shop.ok("system.exceptions.list", {})["exceptions"]
        return [(row["who"], row["count"]) for row in rows if row["kind"] == kind]

    def tearDown(self):
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])


class Places(Guarded):
    def test_who_works_in_one_shop_loads_and_pays_out_in_no_other(self):
        _, key = self.hire("cashier", locations=["store-1"])
        account, code = self.card(key=key)
        for location in ("store-2", ""):
            body = {"kind": "gift_card", **self.cash(100), "location": location}
            self.refused(403 if location else 400, "forbidden" if location else "out_of_range", "location", "wallet.load", body, key=key)
        self.refused(403, "forbidden", "location", "wallet.load", {"code": code, **self.cash(100), "location": "store-2"}, key=key)
        self.shop.ok("wallet.settings.put", {"cash_out_max": 5000})
        self.refused(403, "forbidden", "location", "wallet.unload", {"code": code, "location": "store-2", "reason": "a rest"}, key=key)
        self.shop.ok("wallet.unload", {"code": code, "location": "store-1", "reason": "a rest"}, key=key)


class NewCodes(Guarded):
    def test_a_lost_code_gives_way_to_a_new_one(self):
        account, lost = self.card(2500, pin="4711")
        principal, manager = self.hire("manager")
        shown = self.shop.ok("wallet.reissue", {"account": account, "reason": "washed with the trousers"}, key=manager)["account"]
        code = self.code(account, key=manager)
        self.assertEqual((shown["label"], shown["balance"]), (code[-4:], 2500))
        self.assertNotEqual(code, lost)
        self.refused(409, "card_unknown", "code", "wallet.look", {"code": lost, "pin": "4711"}, idem=False)
        self.refused(409, "proof_needed", "pin", "wallet.look", {"code": code}, idem=False)
        self.assertEqual(self.shop.ok("wallet.look", {"code": code, "pin": "4711"}, idem=False)["account"]["account"], account)
        self.assertIn((principal, 1), self.exceptions("gift_card_reissued"))

    def test_a_code_that_was_never_fetched_is_replaced_for_whoever_asks_anew(self):
        account = self.shop.ok("wallet.load", {"kind": "gift_card", "location": "store-1", **self.cash(100)})["account"]
        _, manager = self.hire("manager")
        self.shop.ok("wallet.reissue", {"account": account, "reason": "the answer was lost"}, key=manager)
        code = self.code(account, key=manager)
        self.assertEqual(self.shop.ok("wallet.look", {"code": code}, idem=False)["account"]["account"], account)

    def test_who_sold_it_does_not_give_it_a_new_code(self):
        _, manager = self.hire("manager")
        _, other = self.hire("manager")
        account, code = self.card(key=manager)
        body = {"account": account, "reason": "she says it is lost"}
        self.refused(409, "second_person", "account", "wallet.reissue", body, key=manager)
        self.refused(403, "forbidden", None, "wallet.reissue", body, key=self.shop.make_key("cashier"))
        self.assertEqual(self.shop.ok("wallet.look", {"code": code}, idem=False)["account"]["balance"], 1000)
        self.shop.ok("wallet.reissue", body, key=other)

    def test_the_policy_asks_for_one_more_person_by_what_stands_on_it(self):
        self.shop.ok("identity.policy.put", {"act": "wallet.adjust", "permission": "wallet.adjust", "above": 1500})
        _, manager = self.hire("manager")
        small, _ = self.card(1500)
        large, code = self.card(1501)
        self.shop.ok("wallet.reissue", {"account": small, "reason": "lost"}, key=manager)
        self.refused(409, "approval_needed", None, "wallet.reissue", {"account": large, "reason": "lost"}, key=manager)
        self.assertEqual(self.shop.ok("wallet.look", {"code": code}, idem=False)["account"]["balance"], 1501)
        self.shop.ok("identity.policy.remove", {"act": "wallet.adjust"})

    def test_what_has_no_code_gets_none(self):
        member = self.join()
        credit = self.shop.ok("wallet.load", {"kind": "credit", "member": member, "location": "store-1", **self.cash(100)})["account"]
        self.refused(409, "no_code", "account", "wallet.reissue", {"account": credit, "reason": "lost"})
        self.refused(404, "not_found", "account", "wallet.reissue", {"account": "gft_" + "0" * 26, "reason": "lost"})
        self.refused(400, "missing_field", "reason", "wallet.reissue", {"account": self.card()[0], "reason": " "})

    def test_a_blocked_card_stays_blocked(self):
        account, _ = self.card()
        self.shop.ok("wallet.block", {"account": account, "reason": "stolen"})
        self.shop.ok("wallet.reissue", {"account": account, "reason": "stolen"})
        self.refused(409, "card_blocked", "code", "wallet.claim", {"code": self.code(account), "member": self.join()})


class Pins(Guarded):
    """Wrong PINs are counted for good: nobody waits out the minutes and tries all ten thousand."""

    def guess(self, code, count, first=0):
        for pin in range(first, first + count):
            if pin % 5 == 0:
                self.advance(60000)
            self.refused(409, "proof_wrong", "pin", "wallet.look", {"code": code, "pin": "%04d" % pin}, idem=False)

    def test_after_ten_wrong_ones_it_is_locked_until_a_manager_frees_it(self):
        account, code = self.card(pin="4711")
        self.guess(code, 9)
        self.advance(60000)
        self.shop.ok("wallet.look", {"code": code, "pin": "4711"}, idem=False)  # a right one gives no new tries
        self.refused(409, "proof_wrong", "pin", "wallet.claim", {"code": code, "pin": "0009", "member": self.join()})
        for op, body in (("wallet.look", {}), ("wallet.transfer", {"to": self.card()[0]}), ("wallet.claim", {"member": self.join()}),
                         ("wallet.unload", {"location": "store-1", "reason": "a rest"})):
            self.refused(409, "card_locked", "pin", op, {"code": code, "pin": "4711", **body}, idem=False if op == "wallet.look" else None)
        self.assertTrue(self.shop.ok("wallet.get", {"account": account}, idem=False)["account"]["locked"])
        self.assertTrue(self.exceptions("gift_card_locked"))
        self.assertEqual(self.shop.ok("system.log.list", {"type": "wallet.locked"})["events"][-1]["data"]["account"], account)
        body = {"account": account, "reason": "it is her card, and she knows the PIN again"}
        self.refused(403, "forbidden", None, "wallet.pin.unlock", body, key=self.shop.make_key("cashier"))
        self.shop.ok("identity.policy.put", {"act": "wallet.pin.unlock", "permission": "wallet.adjust"})
        principal, manager = self.hire("manager")
        self.refused(409, "approval_needed", None, "wallet.pin.unlock", body, key=manager)
        self.shop.ok("identity.policy.remove", {"act": "wallet.pin.unlock"})
        self.shop.ok("wallet.pin.unlock", body, key=manager)
        self.shop.ok("wallet.look", {"code": code, "pin": "4711"}, idem=False)
        self.assertIn((principal, 1), self.exceptions("gift_card_unlocked"))

    def test_guesses_in_sales_that_are_refused_count_and_outlast_a_restart(self):
        account, code = self.card(pin="4711")
        sale = {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 1000}]}
        for pin in range(10):
            tender = {"kind": "gift_card", "amount": 1000, "reference": code, "proof": "%04d" % pin}
            self.refused(409, "proof_wrong", "proof", "orders.place", {**sale, "tenders": [tender]})
            if pin == 4:
                self.shop.kill()
                self.shop.serve(args=["--allow", self.gateway.place])
        tender["proof"] = "4711"
        self.refused(409, "card_locked", "proof", "orders.place", {**sale, "tenders": [tender]})
        self.assertEqual(self.shop.ok("wallet.get", {"account": account}, idem=False)["account"]["balance"], 1000)

    def test_the_same_call_sent_again_is_one_guess(self):
        account, code = self.card(pin="4711")
        member = self.join()
        body = {"code": code, "pin": "0000", "member": member}
        for _ in range(12):
            self.refused(409, "proof_wrong", "pin", "wallet.claim", body, idem="one-slip")
        self.shop.ok("wallet.claim", {"code": code, "pin": "4711", "member": member})

    def test_the_shop_says_how_many(self):
        self.shop.ok("wallet.settings.put", {"pin_wrong_max": 2})
        _, code = self.card(pin="4711")
        self.guess(code, 2)
        self.refused(409, "card_locked", "pin", "wallet.look", {"code": code, "pin": "4711"}, idem=False)
        self.shop.ok("wallet.settings.put", {"pin_wrong_max": 10})
        self.shop.ok("wallet.look", {"code": code, "pin": "4711"}, idem=False)


class AtTheTill(Guarded):
    """Half past five, a queue: what is refused says so in money as it is spoken, names what was typed, and what to do next."""

    def told(self, code, field, op, body, **more):
        status, answer = self.shop.call(op, body, **more)
        self.assertEqual((status, answer.get("code"), answer.get("field")), (409, code, field), answer)
        return answer["detail"]

    def test_what_is_too_much_is_said_in_money(self):
        account, code = self.card(1250)
        self.assertRegex(self.told("card_short", "amount", "wallet.transfer", {"code": code, "to": self.card()[0], "amount": 9900}),
                         r"only 12\.50 [A-Z]{3} left on it, not 99\.00 [A-Z]{3}: take that")
        self.assertRegex(self.told("too_much_for_cash", "amount", "wallet.unload", {"code": code, "location": "store-1", "reason": "a rest"},
                                   key=self.hire("cashier")[1]), r"up to [0-9.]+ [A-Z]{3} is paid out in cash, and there is 12\.50 [A-Z]{3} on it")
        self.shop.ok("wallet.settings.put", {"balance_max": 2000})
        self.assertRegex(self.told("balance_too_large", "amount", "wallet.load", {"account": account, "location": "store-1", **self.cash(1000)}),
                         r"more than 20\.00 [A-Z]{3}, and there is 12\.50 [A-Z]{3} on this one: load less")
        self.shop.ok("wallet.settings.put", {"balance_max": 0})

    def test_too_little_money_is_said_as_money(self):
        body = {"kind": "gift_card", "location": "store-1", "amount": 5000, "tenders": [{"kind": "cash", "amount": 4001}]}
        self.assertRegex(self.told("tender_too_small", "tenders", "wallet.load", body), r"^50\.00 [A-Z]{3} is due; the tenders are 9\.99 [A-Z]{3} short\.$")

    def test_the_field_is_the_one_that_was_typed(self):
        _, code = self.card(pin="4711")
        sale = {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 1000}],
                "tenders": [{"kind": "gift_card", "amount": 1000, "reference": code}]}
        self.assertIn("let the customer type it", self.told("proof_needed", "pin", "wallet.look", {"code": code}, idem=False))
        self.assertIn("let the customer type it", self.told("proof_needed", "proof", "orders.place", sale))

    def test_a_card_that_has_expired_says_since_when(self):
        self.shop.ok("wallet.settings.put", {"expires_after_ms": DAY})
        account, code = self.card()
        self.shop.ok("wallet.settings.put", {"expires_after_ms": 0})
        self.advance(2 * DAY)
        self.assertRegex(self.told("card_expired", "code", "wallet.claim", {"code": code, "member": self.join()}), r"expired on \d{4}-\d\d-\d\d")


if __name__ == "__main__":
    unittest.main()
