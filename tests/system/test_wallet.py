"""Gift cards and stored value: bought for paid tenders alone, opened by a code that nobody stores, moved without loss.

S2-6: a customer's gift cards stand in the one view of her.
"""

import itertools
import time
import unittest

from customers import CustomerTest, new_phone
from sales import OrdersTest

_phone = itertools.count(1)
DAY = 86400000


def cash(amount):
    return {"kind": "cash", "amount": amount}


class WalletTest(OrdersTest):
    def load(self, amount=5000, **more):
        """-> the answer of wallet.load."""
        if not {"account", "code", "kind"} & set(more):
            more["kind"] = "gift_card"
        return self.shop.ok("wallet.load", {"amount": amount, "location": "store-1", "tenders": [cash(amount)], **more})

    def card(self, amount=5000, **more):
        """A new gift card -> its id and code."""
        account = self.load(amount, **more)["account"]
        return account, self.shop.ok("wallet.card.reveal", {"account": account}, idem=False)["code"]

    def balance(self, account):
        return self.shop.ok("wallet.get", {"account": account}, idem=False)["account"]["balance"]

    def kinds(self, account):
        """What moved on the account, oldest first."""
        movements = self.shop.ok("wallet.history", {"account": account}, idem=False)["movements"]
        return [(entry["kind"], entry["amount"]) for entry in reversed(movements)]

    def joined(self):
        return self.shop.ok("membership.join", {"phone": "+86136%08d" % next(_phone), "name": "Owner"})["member"]["id"]

    def tearDown(self):
        self.verified()


class Wallet(WalletTest):
    def test_a_card_is_bought_and_its_code_is_shown_once(self):
        status, answer = self.shop.call("wallet.load", {"kind": "gift_card", "amount": 5000, "location": "store-1", "till": "t1", "tenders": [cash(6000)]})
        self.assertEqual((status, answer["change"], answer["balance"], answer["fresh"]), (200, 1000, 5000, True), answer)
        self.assertRegex(answer["number"], r"^t1-L\d{6}$")
        code = self.shop.ok("wallet.card.reveal", {"account": answer["account"]}, idem=False)["code"]
        self.assertRegex(code, r"^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$")
        self.assertEqual(code[-4:], answer["label"])
        self.refused(404, "not_found", "account", "wallet.card.reveal", {"account": answer["account"]}, idem=False)
        for typed in (code, code.lower(), code.replace("-", ""), " " + code.replace("-", " ")):
            seen = self.shop.ok("wallet.look", {"code": typed}, idem=False)["account"]
            self.assertEqual((seen["account"], seen["balance"], seen["state"]), (answer["account"], 5000, "active"))

    def test_only_who_sold_it_fetches_the_code(self):
        cashier, other = self.shop.make_key("cashier"), self.shop.make_key("cashier")
        account = self.shop.ok("wallet.load", {"kind": "gift_card", "amount": 100, "location": "store-1", "tenders": [cash(100)]}, key=cashier)["account"]
        self.refused(403, "forbidden", "account", "wallet.card.reveal", {"account": account}, key=other, idem=False)
        self.shop.ok("wallet.card.reveal", {"account": account}, key=cashier, idem=False)

    def test_nothing_is_loaded_without_its_money(self):
        body = {"kind": "gift_card", "amount": 5000, "location": "store-1"}
        self.refused(409, "tender_too_small", "tenders", "wallet.load", {**body, "tenders": [cash(4999)]})
        self.refused(400, "missing_field", "tenders", "wallet.load", body)
        self.refused(400, "out_of_range", "amount", "wallet.load", {**body, "amount": 0, "tenders": [cash(1)]})
        self.refused(409, "unknown_location", "location", "wallet.load", {**body, "location": "nowhere", "tenders": [cash(5000)]})
        self.refused(400, "missing_field", "kind", "wallet.load", {"amount": 1, "location": "store-1", "tenders": [cash(1)]})
        self.refused(400, "missing_field", "member", "wallet.load", {**body, "kind": "credit", "tenders": [cash(5000)]})
        self.refused(400, "bad_input", "pin", "wallet.load", {**body, "pin": "12a4", "tenders": [cash(5000)]})
        self.refused(404, "not_found", "account", "wallet.load", {"account": "gft_" + "0" * 26, "amount": 1, "location": "store-1", "tenders": [cash(1)]})

    def test_a_card_can_be_loaded_again(self):
        account, code = self.card(1000)
        self.assertEqual(self.load(500, code=code)["balance"], 1500)
        self.assertEqual(self.load(250, account=account)["balance"], 1750)
        self.assertEqual(self.kinds(account), [("load", 1000), ("load", 500), ("load", 250)])

    def test_a_member_has_one_credit(self):
        member = self.joined()
        first = self.load(700, kind="credit", member=member)
        again = self.load(300, kind="credit", member=member)
        self.assertEqual((first["account"], again["balance"]), (again["account"], 1000))
        listed = self.shop.ok("wallet.list", {"member": member}, idem=False)
        self.assertEqual((listed["balance"], len(listed["accounts"]), listed["accounts"][0]["kind"]), (1000, 1, "credit"))

    def test_value_moves_without_loss(self):
        one, code = self.card(1000)
        two, _ = self.card(200)
        member = self.joined()
        answer = self.shop.ok("wallet.transfer", {"code": code, "to": two, "amount": 300})
        self.assertEqual((self.balance(one), self.balance(two), answer["balance"]), (700, 500, 700))
        answer = self.shop.ok("wallet.transfer", {"code": code, "to_member": member})
        self.assertEqual((self.balance(one), self.balance(answer["to"])), (0, 700))
        self.refused(409, "card_short", "amount", "wallet.transfer", {"code": code, "to": two})
        self.load(100, code=code)
        self.refused(409, "card_short", "amount", "wallet.transfer", {"code": code, "to": two, "amount": 101})
        self.refused(400, "bad_input", "to", "wallet.transfer", {"code": code, "to": one, "amount": 1})
        self.refused(400, "bad_input", "to", "wallet.transfer", {"code": code, "amount": 1})
        self.refused(404, "not_found", "to", "wallet.transfer", {"code": code, "to": "gft_" + "0" * 26, "amount": 1})
        self.refused(409, "proof_needed", "code", "wallet.transfer", {"from": one, "to": two, "amount": 1})
        self.refused(409, "proof_needed", "proof", "wallet.transfer", {"from": answer["to"], "to": two, "amount": 1})

    def test_a_card_in_a_members_wallet(self):
        """S2-6"""
        member, other = self.joined(), self.joined()
        account, code = self.card(1234)
        self.assertEqual(self.shop.ok("wallet.claim", {"code": code, "member": member})["account"]["member"], member)
        self.shop.ok("wallet.claim", {"code": code, "member": member})
        self.refused(409, "card_taken", "code", "wallet.claim", {"code": code, "member": other})
        listed = self.shop.ok("wallet.list", {"member": member}, idem=False)
        self.assertEqual([(card["account"], card["balance"]) for card in listed["accounts"]], [(account, 1234)])
        self.assertNotIn("code", listed["accounts"][0])
        view = self.shop.ok("membership.view", {"member": member}, idem=False)
        section = [section for section in view["sections"] if section["name"] == "gift_cards"][0]
        self.assertEqual((section["data"]["balance"], section["data"]["accounts"][0]["account"]), (1234, account))

    def test_a_blocked_card_opens_nothing(self):
        account, code = self.card(1000)
        two, _ = self.card(1)
        self.refused(400, "missing_field", "reason", "wallet.block", {"account": account, "reason": " "})
        self.assertEqual(self.shop.ok("wallet.block", {"account": account, "reason": "lost"})["account"]["state"], "blocked")
        self.refused(409, "card_blocked", "code", "wallet.transfer", {"code": code, "to": two, "amount": 1})
        self.refused(409, "card_blocked", "to", "wallet.transfer", {"code": self.card(5)[1], "to": account, "amount": 1})
        self.refused(409, "card_blocked", "account", "wallet.load", {"account": account, "amount": 1, "location": "store-1", "tenders": [cash(1)]})
        self.assertEqual(self.shop.ok("wallet.look", {"code": code}, idem=False)["account"]["reason"], "lost")
        self.shop.ok("wallet.unblock", {"account": account, "reason": "found"})
        self.shop.ok("wallet.transfer", {"code": code, "to": two, "amount": 1})

    def test_a_small_rest_is_paid_out_in_cash(self):
        self.shop.ok("wallet.settings.put", {"cash_out_max": 500})
        account, code = self.card(500)
        cashier = self.shop.make_key("cashier")
        rest = {"code": code, "location": "store-1", "reason": "the law of the place"}
        answer = self.shop.ok("wallet.unload", rest, key=cashier)
        self.assertEqual((answer["amount"], answer["balance"], self.balance(account)), (500, 0, 0))
        self.refused(409, "card_short", "amount", "wallet.unload", rest, key=cashier)
        self.load(501, code=code)
        self.refused(409, "too_much_for_cash", "amount", "wallet.unload", rest, key=cashier)
        self.shop.ok("wallet.unload", rest)  # the owner may
        self.assertEqual(self.kinds(account), [("load", 500), ("unload", -500), ("load", 501), ("unload", -501)])

    def test_what_is_no_small_rest_is_not_paid_out_in_slices(self):
        self.shop.ok("wallet.settings.put", {"cash_out_max": 500})
        account, code = self.card(1200)
        cashier = self.shop.make_key("cashier")
        self.refused(409, "too_much_for_cash", "amount", "wallet.unload",
                     {"code": code, "amount": 400, "location": "store-1", "reason": "a slice"}, key=cashier)
        self.assertEqual(self.balance(account), 1200)

    def test_corrections_need_a_reason_and_a_second_person_when_the_policy_says_so(self):
        account, _ = self.card(1000)
        self.refused(400, "missing_field", "reason", "wallet.correct", {"account": account, "amount": 5, "reason": "  "})
        self.refused(400, "out_of_range", "amount", "wallet.correct", {"account": account, "amount": 0, "reason": "x"})
        self.refused(409, "card_short", "amount", "wallet.correct", {"account": account, "amount": -1001, "reason": "x"})
        self.assertEqual(self.shop.ok("wallet.correct", {"account": account, "amount": -1, "reason": "miscounted"})["account"]["balance"], 999)
        self.shop.ok("identity.policy.put", {"act": "wallet.adjust", "permission": "wallet.adjust", "above": 100})
        manager = self.shop.make_key("manager")
        self.shop.ok("wallet.correct", {"account": account, "amount": 100, "reason": "sorry"}, key=manager)
        self.refused(409, "approval_needed", None, "wallet.correct", {"account": account, "amount": 101, "reason": "sorry"}, key=manager)
        self.assertEqual(self.balance(account), 1099)
        self.shop.ok("identity.policy.remove", {"act": "wallet.adjust"})

    def test_an_account_holds_no_more_than_the_settings_say(self):
        account, code = self.card(1000)
        two, other = self.card(600)
        self.shop.ok("wallet.settings.put", {"balance_max": 1500})
        self.refused(409, "balance_too_large", "amount", "wallet.load", {"account": account, "amount": 501, "location": "store-1", "tenders": [cash(501)]})
        self.refused(409, "balance_too_large", "amount", "wallet.transfer", {"code": other, "to": account, "amount": 600})
        self.load(500, code=code)
        self.shop.ok("wallet.settings.put", {"balance_max": 0})

    def test_settings(self):
        before = self.shop.ok("wallet.settings.get", idem=False)["settings"]
        self.refused(400, "out_of_range", "expires_after_ms", "wallet.settings.put", {"law_floor_ms": 10 * DAY, "expires_after_ms": 9 * DAY})
        self.refused(409, "conflict", "if_rev", "wallet.settings.put", {"if_rev": before["rev"] + 1})
        self.assertEqual(self.shop.ok("wallet.settings.get", idem=False)["settings"], before)

    def test_what_the_shop_owes_is_the_sum_of_balances(self):
        before = self.shop.ok("wallet.liability", {}, idem=False)
        time.sleep(0.005)  # what follows is not of the same millisecond
        account, code = self.card(1000)
        self.load(300, kind="credit", member=self.joined())
        self.shop.ok("wallet.block", {"account": account, "reason": "lost"})
        after = self.shop.ok("wallet.liability", {}, idem=False)
        self.assertEqual([after[name] - before[name] for name in ("accounts", "gift_cards", "credit", "blocked", "total")], [2, 1000, 300, 1000, 1300])
        self.assertEqual(self.shop.ok("wallet.liability", {"at": before["at"]}, idem=False)["total"], before["total"])

    def test_who_may_what(self):
        account, code = self.card(100)
        clerk, cashier = self.shop.make_key("clerk"), self.shop.make_key("cashier")
        self.shop.ok("wallet.look", {"code": code}, key=clerk, idem=False)
        for op, body in (("wallet.load", {"kind": "gift_card", "amount": 1, "location": "store-1", "tenders": [cash(1)]}),
                         ("wallet.block", {"account": account, "reason": "x"}),
                         ("wallet.correct", {"account": account, "amount": 1, "reason": "x"}),
                         ("wallet.settings.put", {"balance_max": 1})):
            self.refused(403, "forbidden", None, op, body, key=clerk)
        self.refused(403, "forbidden", None, "wallet.correct", {"account": account, "amount": 1, "reason": "x"}, key=cashier)

    def test_no_code_stands_anywhere(self):
        account, code = self.card(100)
        self.shop.ok("wallet.look", {"code": code}, idem=False)
        self.shop.call("wallet.transfer", {"code": code, "to": account})
        sale = {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 1000}]}
        for amount in (40, 90):  # as tender: one that pays, one that is too much
            self.shop.call("orders.place", {**sale, "tenders": [{"kind": "gift_card", "amount": amount, "reference": code}, cash(5000)]})
        dumped = self.shop.dumped(self.serve_args()) + self.shop.log_text()
        self.assertIn(account, dumped)
        self.assertNotIn(code, dumped)
        self.assertNotIn(code.replace("-", ""), dumped)


class Printed(WalletTest):
    def batch(self, count):
        batch = self.shop.ok("wallet.batch.make", {"count": count, "note": "spring"})["batch"]["id"]
        for _ in range(1000):
            if self.shop.ok("wallet.batch.get", {"id": batch}, idem=False)["batch"]["made"] == count:
                return batch
            time.sleep(0.01)
        self.fail("the batch was not made")

    def codes(self, batch):
        codes = []
        while True:
            page = self.shop.ok("wallet.batch.codes", {"id": batch}, idem=False)
            codes += page["codes"]
            if not page["left"]:
                return codes

    def test_printed_cards_are_worth_nothing_until_they_are_loaded(self):
        batch = self.batch(450)
        codes = self.codes(batch)
        self.assertEqual(len(set(codes)), 450)
        self.refused(409, "codes_shown", "id", "wallet.batch.codes", {"id": batch}, idem=False)
        first, last = codes[0], codes[-1]
        self.refused(409, "card_unknown", "code", "wallet.look", {"code": first}, idem=False)
        self.assertEqual([self.load(500, code=code)["balance"] for code in (first, last)], [500, 500])
        self.assertEqual(self.shop.ok("wallet.look", {"code": first}, idem=False)["account"]["batch"], batch)

    def test_a_void_batch_is_loaded_no_more(self):
        batch = self.batch(3)
        sold, lost, _ = self.codes(batch)
        self.load(500, code=sold)
        self.shop.ok("wallet.batch.void", {"id": batch})
        self.refused(409, "card_unknown", "code", "wallet.load", {"code": lost, "amount": 1, "location": "store-1", "tenders": [cash(1)]})
        self.assertEqual(self.load(1, code=sold)["balance"], 501)


class Guesses(WalletTest):
    """Limits by the shop's clock; unknown, wrong and never loaded codes answer alike."""

    def test_guesses_are_few_and_learn_nothing(self):
        guesser = self.shop.make_key("cashier")
        account, code = self.card(100)
        wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
        answers = []
        for typed in (wrong, "0000-0000-0000-0000-0000", "x", "gft", "ZZZZ"):
            status, answer = self.shop.call("wallet.look", {"code": typed}, key=guesser, idem=False)
            answers.append((status, answer["code"], answer["detail"] if "detail" in answer else answer.get("title")))
        self.assertEqual(len(set(answers)), 1, answers)
        self.assertEqual(answers[0][:2], (409, "card_unknown"))
        self.refused(429, "too_many", None, "wallet.look", {"code": code}, key=guesser, idem=False)
        self.refused(429, "too_many", None, "wallet.transfer", {"code": code, "to": account}, key=guesser)
        self.shop.ok("wallet.look", {"code": code}, idem=False)  # others go on
        for _ in range(20):  # and good codes count for nothing
            self.shop.ok("wallet.look", {"code": code}, idem=False)

    def test_a_pin_is_guessed_five_times_a_minute(self):
        account, code = self.card(100, pin="4711")
        self.refused(409, "proof_needed", "pin", "wallet.look", {"code": code}, idem=False)
        for pin in range(5):
            self.refused(409, "proof_wrong", "pin", "wallet.look", {"code": code, "pin": "%04d" % pin}, idem=False)
        self.refused(429, "too_many", None, "wallet.look", {"code": code, "pin": "4711"}, idem=False)


class Time(CustomerTest):
    """What has an end, and what comes back after it, on the shop's test clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls().location()
        cls().product("TEA", price=1000, below_zero=True)
        cls.shop.ok("wallet.settings.put", {"expires_after_ms": 30 * DAY, "refund_grace_ms": 10 * DAY})

    def card(self, amount, **more):
        account = self.shop.ok("wallet.load", {"kind": "gift_card", "amount": amount, "location": "store-1", "tenders": [cash(amount)], **more})["account"]
        return account, self.shop.ok("wallet.card.reveal", {"account": account}, idem=False)["code"]

    def seen(self, account):
        return self.shop.ok("wallet.get", {"account": account}, idem=False)["account"]

    def booked(self, account, kind):
        """Wait until the last movement is of this kind: due times fire behind the command."""
        for _ in range(500):
            movements = self.shop.ok("wallet.history", {"account": account}, idem=False)["movements"]
            if movements[0]["kind"] == kind:
                return movements[0]["amount"]
            time.sleep(0.01)
        self.fail(movements)

    def pay(self, code, amount, **more):
        return self.shop.call("orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": amount}],
                                               "tenders": [{"kind": "gift_card", "amount": amount, "reference": code}], **more})

    def back(self, order, qty):
        return self.shop.ok("orders.return", {"location": "store-1", "reason": "r", "lines": [{"order": order, "line": 1, "qty": qty}]})["return"]

    def tearDown(self):
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])

    def test_what_expired_is_not_spent_and_is_booked(self):
        account, code = self.card(5000)
        order = self.pay(code, 2000)[1]["order"]["id"]
        self.advance(31 * DAY)
        self.assertEqual(self.booked(account, "expire"), -3000)
        self.assertEqual((self.seen(account)["balance"], self.seen(account)["expired"]), (0, True))
        self.assertEqual(self.pay(code, 1000)[1]["code"], "card_expired")
        self.refused(409, "card_expired", "code", "wallet.load", {"code": code, "amount": 1, "location": "store-1", "tenders": [cash(1)]})
        self.back(order, 1000)  # goes there all the same, and can be used for ten days
        self.assertEqual((self.seen(account)["balance"], self.seen(account).get("expired", False)), (1000, False))
        self.assertEqual(self.pay(code, 1000)[0], 200)
        self.back(order, 1000)
        self.advance(11 * DAY)
        self.assertEqual(self.booked(account, "expire"), -1000)

    def test_strangers_cannot_shut_out_the_tills(self):
        """Whoever signs in as a customer can guess; all of them together leave the tills their tries."""
        self.shop.ok("wallet.settings.put", {"shop_tries_per_minute": 5})
        _, code = self.card(100)
        for _ in range(5):
            phone = new_phone()
            self.join(phone)
            token = self.login(phone)
            self.shop.call("wallet.look", {"code": "x"}, key=token, idem=False)
        self.refused(429, "too_many", None, "wallet.look", {"code": code}, key=token, idem=False)
        self.shop.ok("wallet.look", {"code": code}, key=self.shop.make_key("cashier"), idem=False)
        self.shop.ok("wallet.settings.put", {"shop_tries_per_minute": 60})

    def test_loading_more_never_brings_the_end_nearer(self):
        account, code = self.card(1000)
        end = self.seen(account)["expires_at"]
        self.shop.ok("wallet.settings.put", {"expires_after_ms": 5 * DAY})
        again = self.shop.ok("wallet.load", {"code": code, "amount": 1, "location": "store-1", "tenders": [cash(1)]})
        self.shop.ok("wallet.settings.put", {"expires_after_ms": 30 * DAY})
        self.assertEqual((again["expires_at"], self.seen(account)["expires_at"]), (end, end))

    def test_nothing_is_added_by_hand_to_what_has_expired(self):
        """It could not be spent, and nobody would book it as expired."""
        account, _ = self.card(1000)
        self.advance(31 * DAY)
        self.assertEqual(self.booked(account, "expire"), -1000)
        self.refused(409, "card_expired", "account", "wallet.correct", {"account": account, "amount": 500, "reason": "sorry"})
        self.assertEqual(self.seen(account)["balance"], 0)

    def test_what_she_gave_up_is_opened_by_no_code(self):
        """Erased with what she had: blocked in the same commit, though somebody still has the code of a card."""
        member = self.join()
        account, code = self.card(3000, member=member)
        self.refused(409, "still_holds", "forfeit", "privacy.erase", {"member": member, "reason": "she asked"})
        self.shop.ok("wallet.block", {"account": account, "reason": "lost"})
        self.refused(409, "still_holds", "forfeit", "privacy.erase", {"member": member, "reason": "what is blocked is hers, too"})
        self.shop.ok("wallet.unblock", {"account": account, "reason": "found"})
        self.shop.ok("privacy.erase", {"member": member, "reason": "she asked", "forfeit": True})
        self.assertEqual(self.pay(code, 1000)[1]["code"], "card_blocked")
        self.assertEqual((self.seen(account)["state"], self.seen(account)["balance"]), ("blocked", 3000))

    def test_a_refund_goes_to_a_blocked_card(self):
        account, code = self.card(2000)
        order = self.pay(code, 2000)[1]["order"]["id"]
        self.shop.ok("wallet.block", {"account": account, "reason": "stolen"})
        self.assertEqual(self.pay(code, 1000)[1]["code"], "card_blocked")
        self.back(order, 2000)
        self.assertEqual((self.seen(account)["balance"], self.seen(account)["state"]), (2000, "blocked"))

    def test_a_member_pays_with_her_card_by_its_id(self):
        """Redeemed with a proof of possession, never with a phone number alone."""
        phone = new_phone()
        member = self.join(phone)
        account, code = self.card(3000, member=member)
        self.assertEqual(self.pay(account, 1000)[1]["code"], "proof_needed")
        body = {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "TEA", "qty": 1000}]}
        wrong = self.shop.call("orders.place", {**body, "tenders": [{"kind": "gift_card", "amount": 1000, "reference": account, "proof": "000000"}]})
        self.assertEqual(wrong[1]["code"], "proof_wrong", wrong)
        self.shop.ok("orders.place", {**body, "tenders": [{"kind": "gift_card", "amount": 1000, "reference": account, "proof": self.proof_of(member)}]})
        self.assertEqual(self.seen(account)["balance"], 2000)
        nobodys, _ = self.card(1000)
        self.assertEqual(self.pay(nobodys, 1000)[1]["code"], "proof_needed")

    def test_a_customer_sees_and_moves_what_is_hers(self):
        phone, other = new_phone(), self.join()
        member = self.join(phone)
        mine, code = self.card(3000, member=member)
        hers, _ = self.card(1000, member=other)
        token = self.login(phone)
        self.assertEqual(self.shop.ok("wallet.list", {}, key=token, idem=False)["balance"], 3000)
        self.refused(403, "forbidden", None, "wallet.list", {"member": other}, key=token, idem=False)
        self.refused(403, "forbidden", None, "wallet.get", {"account": hers}, key=token, idem=False)
        self.refused(403, "forbidden", None, "wallet.history", {"account": hers}, key=token, idem=False)
        self.refused(403, "forbidden", None, "wallet.load", {"kind": "gift_card", "amount": 1, "location": "store-1", "tenders": [cash(1)]}, key=token)
        self.shop.ok("wallet.transfer", {"from": mine, "to": hers, "amount": 500}, key=token)
        status, answer = self.shop.call("wallet.transfer", {"from": hers, "to": mine, "amount": 500}, key=token)
        self.assertIn(status, (403, 409), answer)
        self.assertEqual((self.seen(mine)["balance"], self.seen(hers)["balance"]), (2500, 1500))

    def test_merged_customers_spend_what_both_have_and_part_again(self):
        """Credit over the set; refunds to the very accounts that paid."""
        phones = [new_phone(), new_phone()]
        one, two = [self.join(phone) for phone in phones]
        accounts = [self.shop.ok("wallet.load", {"kind": "credit", "member": member, "amount": 1000, "location": "store-1",
                                                 "tenders": [cash(1000)]})["account"] for member in (one, two)]
        persons = [self.shop.ok("identity.person.find", {"kind": "phone", "value": phone}, idem=False)["person"] for phone in phones]
        merge = self.shop.ok("identity.person.merge", {"from": persons[1], "into": persons[0], "reason": "the same"})["merge"]
        self.assertEqual(self.shop.ok("wallet.list", {"member": two}, idem=False)["balance"], 2000)
        order = self.shop.ok("orders.place", {
            "channel": "till", "location": "store-1", "member": one, "lines": [{"sku": "TEA", "qty": 2000}],
            "tenders": [{"kind": "credit", "amount": 1500, "proof": self.proof_of(one)}, cash(500)]})["order"]["id"]
        self.assertEqual([self.seen(account)["balance"] for account in accounts], [0, 500])
        self.back(order, 2000)
        self.assertEqual([self.seen(account)["balance"] for account in accounts], [1000, 1000])
        self.shop.ok("identity.person.unmerge", {"merge": merge})
        self.assertEqual([self.seen(account)["balance"] for account in accounts], [1000, 1000])


if __name__ == "__main__":
    unittest.main()
