"""Coupons over HTTP: issued singly, in batches, to members and by rules; shown once, used once, given back; never in the clear."""

import os
import time
import unittest

from sales import OrdersTest

HOUR = 3600 * 1000
DAY = 24 * HOUR
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

RULES = """
promotion { id = "ten", name = { en = "Ten off", zh = "九折" }, coupon = true, percent = 10 }
promotion { id = "kept", name = { en = "Kept", zh = "不退" }, coupon = true, percent = 10, keeps_uses = true }
promotion { id = "word", name = { en = "Spring", zh = "春" }, coupon = "SPRING", amount = 100 }
promotion { id = "together", name = { en = "Together", zh = "拼团" }, group_buy = { size = 3, price = 3000 }, where = { sku = "SHIRT" } }
promotion { id = "haggle", name = { en = "Haggle", zh = "砍价" }, bargain = { floor = 2500 }, where = { sku = "SHIRT-2" } }
promotion { id = "shirts", name = { en = "Shirts", zh = "衬衫" }, bargain = { floor = 1000 }, where = { tag = "shirt" } }
on("orders.paid", function(event, shop)
  if event.data.member and event.data.total >= 12000 then
    shop.run("promotions.coupon.issue", { rule = "ten", member = event.data.member })
  end
end)
"""


def check_character(plain):
    """The last character of a code, as the shop makes it: a weighted sum over GF(32)."""
    total = 0
    for character in plain:
        total ^= LETTERS.index(character)
        total = (total << 1) ^ 0x25 if total & 16 else total << 1
    return LETTERS[total]


def invented(number):
    """A code that nobody issued, without a typing error in it."""
    plain = "2" + "".join(LETTERS[(number * 7 + place * 13 + number // (place + 1)) % 32] for place in range(16))
    return plain + check_character(plain)


class CouponsTest(OrdersTest):
    rules = RULES

    @classmethod
    def fill(cls):
        cls.shop.ok("shop.settings.put", {"practice": True})
        super().fill()
        cls.friends = [cls.shop.ok("membership.join", {"phone": "+86139000000%02d" % n, "name": "F"})["member"]["id"] for n in range(8)]

    def now(self):
        return self.shop.ok("shop.clock.get")["expiry"]

    def issue(self, rule="ten", **more):
        return self.shop.ok("promotions.coupon.issue", {"rule": rule, **more})["coupon"]["id"]

    def coded(self, rule="ten", **more):
        """-> (id, code)"""
        made = self.issue(rule, **more)
        return made, self.shop.ok("promotions.coupon.reveal", {"id": made})["code"]

    def checked(self, code, key=None, **more):
        return self.shop.ok("promotions.coupon.check", {"codes": [code], **more}, key=key)["said"][0]

    def state(self, made):
        return self.shop.ok("promotions.coupon.get", {"id": made})["coupon"]["state"]

    def until(self, what):
        for _ in range(2000):
            answer = what()
            if answer:
                return answer
            time.sleep(0.005)
        self.fail("it did not happen")

    def batch(self, count, **more):
        made = self.shop.ok("promotions.batch.make", {"rule": "ten", "count": count, **more})["batch"]["id"]
        self.until(lambda: self.shop.ok("promotions.batch.get", {"id": made})["batch"]["state"] == "ready")
        return made

    def codes(self, made):
        codes = []
        while True:
            page = self.shop.ok("promotions.batch.codes", {"id": made})
            codes += page["codes"]
            if not page["left"]:
                return codes


class Single(CouponsTest):
    def test_a_code_is_shown_once_and_used_once(self):
        made, code = self.coded()
        self.assertRegex(code, "^[2-9][0-9A-Z]{5}-[0-9A-Z]{6}-[0-9A-Z]{6}$")
        self.assertEqual(check_character(code.replace("-", "")[:-1]), code[-1])
        self.refused(404, "not_found", "id", "promotions.coupon.reveal", {"id": made})
        self.assertEqual(self.checked(code)["state"], "usable")
        placed = self.place(("TEA", 1000), coupons=[code.lower().replace("-", " ")])
        self.assertEqual((placed["order"]["total"], placed["coupons_said"][0]["state"]), (1791, "applied"))
        self.assertEqual(placed["coupons_said"][0]["coupon"], made)
        self.assertNotIn("why", placed["coupons_said"][0])
        self.refused(409, "coupon_not_usable", "coupons[0]", "orders.place", self.sale(("TEA", 1000), coupons=[code]))
        said = self.checked(code)
        self.assertEqual((said["state"], said["left"]), ("used", 0))
        self.assertIn("used already", said["why"])

    def test_the_stored_answer_of_a_command_holds_no_code(self):
        first = self.shop.ok("promotions.coupon.issue", {"rule": "ten"}, idem="issue-once")
        self.assertEqual(self.shop.ok("promotions.coupon.issue", {"rule": "ten"}, idem="issue-once"), first)
        code = self.shop.ok("promotions.coupon.reveal", {"id": first["coupon"]["id"]})["code"].replace("-", "")
        again = str(self.shop.ok("promotions.coupon.issue", {"rule": "ten"}, idem="issue-once"))
        self.assertNotIn(code[:14], again)
        self.assertEqual(first["coupon"]["label"], code[-4:])

    def test_a_coupon_of_three_uses(self):
        made, code = self.coded(uses=3)
        for left in (2, 1, 0):
            placed = self.place(("TEA", 1000), coupons=[code])
            self.assertEqual(self.checked(code)["left"], left)
            voucher = self.shop.ok("orders.trace.get", {"id": placed["order"]["id"]})["trace"]["facts"]["vouchers"][0]
            self.assertEqual((voucher["id"], voucher["left"]), (made, left + 1), "a backtest uses it no more often")
        self.assertEqual(self.state(made), "used")
        self.assertIn("3 times", self.checked(code)["why"])

    def test_a_members_own_coupon_goes_by_its_id(self):
        made = self.issue(member=self.member)
        self.refused(404, "not_found", "id", "promotions.coupon.reveal", {"id": made})
        for member, state in ((None, "not_yours"), (self.friends[0], "not_yours"), (self.member, "usable")):
            self.assertEqual(self.checked(made, **({"member": member} if member else {}))["state"], state)
        self.refused(409, "coupon_not_usable", "coupons[0]", "orders.place", self.sale(("TEA", 1000), coupons=[made], member=self.friends[0]))
        self.assertEqual(self.place(("TEA", 1000), coupons=[made], member=self.member)["order"]["total"], 1791)
        mine = self.shop.ok("promotions.coupon.list", {"member": self.member})["coupons"]
        self.assertEqual([each["state"] for each in mine if each["id"] == made], ["used"])

    def test_a_coupon_without_an_owner_does_not_go_by_its_id(self):
        made, _ = self.coded()
        self.assertEqual(self.checked(made)["state"], "unknown")

    def test_every_reason_has_a_sentence(self):
        """Complaint of every shop: a coupon is refused and nobody says why."""
        now = self.now()
        early, late, gone = self.coded(**{"from": now + DAY})[1], self.coded(until=now + 500), self.coded()
        self.shop.ok("promotions.coupon.void", {"id": gone[0]})
        self.shop.ok("shop.clock.advance", {"ms": 1000})
        wrong = list(self.coded()[1])
        wrong[3] = "7" if wrong[3] != "7" else "8"
        for code, state, words in ((early, "not_yet", "from 20"), (late[1], "expired", "expired on 20"), (gone[1], "void", "void"),
                                   ("".join(wrong), "unknown", "typing error"), (invented(1), "unknown", "no such coupon"),
                                   ("SPRING", "unknown", "promotion may still answer"), ("cpn_" + "0" * 26, "unknown", "no such coupon")):
            said = self.checked(code)
            self.assertEqual(said["state"], state, said)
            self.assertIn(words, said["why"])
        self.assertEqual(self.state(late[0]), "expired")

    def test_a_word_answers_to_a_rule_and_a_near_code_is_kept_from_it(self):
        self.assertEqual(self.quote(("TEA", 1000), coupons=["spring"])["total"], 1890)
        _, code = self.coded()
        near = code[:8] + ("Z" if code[8] != "Z" else "Y") + code[9:]
        placed = self.place(("TEA", 1000), coupons=[near])
        self.assertEqual((placed["order"]["total"], placed["coupons_said"][0]["state"]), (1990, "unknown"))
        self.assertNotIn(near[-6:], str(placed) + str(self.shop.ok("orders.trace.get", {"id": placed["order"]["id"]})))

    def test_a_coupon_without_effect_says_so(self):
        idle = self.coded("no-such-promotion")[1]
        said = self.place(("TEA", 1000), coupons=[idle])["coupons_said"][0]
        self.assertEqual(said["state"], "no_effect")
        self.assertIn("nothing in this cart becomes cheaper", said["why"])
        self.assertEqual(self.checked(idle)["state"], "usable", "it was not used up")
        said = self.place(("TEA", 1000), coupons=["spring"])["coupons_said"][0]
        self.assertEqual((said["state"], "why" in said), ("applied", False))

    def test_the_same_coupon_twice_counts_once(self):
        _, code = self.coded(uses=2)
        placed = self.place(("TEA", 1000), coupons=[code, code.lower()])
        self.assertEqual((placed["order"]["total"], self.checked(code)["left"]), (1791, 1))

    def test_one_cart_uses_one_coupon_of_a_promotion(self):
        codes = [self.coded()[1] for _ in range(2)]
        ask = self.sale(("TEA", 1000), coupons=codes, cash=0)
        del ask["tenders"]
        held = self.shop.ok("orders.hold", {**ask, "minutes": 10})["held"]
        self.assertEqual({self.checked(code)["state"] for code in codes}, {"reserved"})
        kept = self.shop.ok("orders.held.get", {"held": held})["request"]["coupons"]
        self.assertEqual([each[:4] for each in kept], ["cpn_", "cpn_"])
        placed = self.place(("TEA", 1000), coupons=kept, held=held)
        self.assertEqual(placed["order"]["total"], 1791)
        self.assertEqual([said["state"] for said in placed["coupons_said"]], ["applied", "no_effect"])
        self.assertEqual([self.checked(code)["state"] for code in codes], ["used", "usable"])

    def test_a_code_that_was_scanned_twice_or_with_a_prefix_is_kept_nowhere(self):
        _, code = self.coded()
        for scanned in (code + code, "]C1" + code, code + "%"):
            placed = self.place(("TEA", 1000), coupons=[scanned])
            self.assertEqual((placed["order"]["total"], placed["coupons_said"][0]["state"]), (1990, "unknown"))
            trace = str(self.shop.ok("orders.trace.get", {"id": placed["order"]["id"]}))
            self.assertNotIn(code, str(placed) + trace)
        self.assertEqual(self.checked(code)["state"], "usable")

    def test_bad_input_is_named(self):
        now = self.now()
        for field, code, body in (("member", "not_found", {"member": "mem_" + "0" * 26}), ("until", "out_of_range", {"until": now - 1}),
                                  ("until", "out_of_range", {"from": now + 2 * DAY, "until": now + DAY}), ("uses", "out_of_range", {"uses": 0})):
            self.refused(404 if code == "not_found" else 400, code, field, "promotions.coupon.issue", {"rule": "ten", **body})
        self.refused(400, "bad_input", "rule", "promotions.coupon.list", {"rule": "ten", "member": self.member})
        self.refused(400, "bad_input", "after", "promotions.coupon.list", {"rule": "ten", "after": "x"})
        self.refused(404, "not_found", "id", "promotions.coupon.void", {"id": "cpn_" + "0" * 26})

    def test_who_may_do_what(self):
        _, code = self.coded()
        self.assertEqual(self.checked(code, key=self.cashier)["state"], "usable")
        self.refused(403, "forbidden", None, "promotions.coupon.issue", {"rule": "ten"}, key=self.cashier)
        self.refused(403, "forbidden", None, "promotions.coupon.list", {"rule": "ten"}, key=self.cashier)
        manager = self.shop.make_key("manager")
        self.shop.ok("promotions.coupon.issue", {"rule": "ten"}, key=manager)
        self.shop.ok("promotions.coupon.list", {"rule": "ten"}, key=self.shop.make_key("auditor"))

    def test_a_rule_issues_a_coupon(self):
        member = self.shop.ok("membership.join", {"phone": "+8613500000001", "name": "R"})["member"]["id"]
        self.place(("SHIRT", 2000), member=member)
        mine = self.until(lambda: self.shop.ok("promotions.coupon.list", {"member": member})["coupons"])
        self.assertEqual([(each["rule"], each["state"]) for each in mine], [("ten", "usable")])
        self.assertEqual(self.place(("TEA", 1000), member=member, coupons=[mine[0]["id"]])["order"]["total"], 1791)

    def test_a_list_pages(self):
        rule = "paged-%d" % os.getpid()
        made = [self.issue(rule) for _ in range(5)]
        seen, after = [], {}
        while True:
            page = self.shop.ok("promotions.coupon.list", {"rule": rule, "limit": 2, **after})
            seen += [each["id"] for each in page["coupons"]]
            if "next" not in page:
                break
            after = {"after": page["next"]}
        self.assertEqual(sorted(seen), sorted(made))


class Back(CouponsTest):
    def give_back(self, order, pieces):
        self.shop.ok("orders.return", {"location": "store-1", "reason": "test", "lines": [{"order": order, "line": 1, "qty": pieces * 1000}]})

    def test_a_whole_return_gives_the_coupon_back_and_a_part_does_not(self):
        made, code = self.coded()
        order = self.place(("SHIRT", 3000), coupons=[code])["order"]["id"]
        self.give_back(order, 2)
        self.assertEqual(self.state(made), "used")
        self.give_back(order, 1)
        self.assertEqual(self.state(made), "usable")
        self.place(("SHIRT", 1000), coupons=[code])
        self.assertEqual(self.state(made), "used")
        self.assertEqual(self.shop.ok("system.verify")["findings"], [])

    def test_a_rule_may_keep_it(self):
        made, code = self.coded("kept")
        order = self.place(("SHIRT", 1000), coupons=[code])["order"]["id"]
        self.give_back(order, 1)
        self.assertEqual(self.state(made), "used")
        self.assertEqual(self.shop.ok("system.verify")["findings"], [])

    def test_a_void_coupon_stays_void(self):
        made, code = self.coded()
        order = self.place(("SHIRT", 1000), coupons=[code])["order"]["id"]
        self.shop.ok("promotions.coupon.void", {"id": made})
        self.give_back(order, 1)
        self.assertEqual(self.checked(code)["state"], "void")

    def test_a_held_cart_sets_it_aside(self):
        made, code = self.coded()
        ask = self.sale(("TEA", 1000), coupons=[code], cash=0)
        ask.pop("tenders")
        held = self.shop.ok("orders.hold", {**ask, "minutes": 10})
        held = held.get("held") if isinstance(held.get("held"), str) else held["cart"]["held"]
        said = self.checked(code)
        self.assertEqual(said["state"], "reserved")
        self.assertIn("held", said["why"])
        self.refused(409, "coupon_not_usable", "coupons[0]", "orders.place", self.sale(("TEA", 1000), coupons=[code]))
        said = self.checked(code, held=held)
        self.assertEqual((said["state"], said["why"]), ("usable", "It may be used."), "not \"sell or drop that cart first\"")
        self.shop.ok("orders.held.drop", {"held": held})
        self.assertEqual(self.checked(code)["state"], "usable")
        held = self.shop.ok("orders.hold", {**ask, "minutes": 10})
        held = held.get("held") if isinstance(held.get("held"), str) else held["cart"]["held"]
        self.shop.ok("shop.clock.advance", {"ms": 11 * 60000})
        self.assertEqual(self.checked(code)["state"], "usable", "nobody holds a coupon longer than the cart was held for")
        self.assertEqual(self.state(made), "usable")


class Batches(CouponsTest):
    def test_a_batch_is_made_shown_page_by_page_and_burnt(self):
        made = self.batch(450, uses=2, note="flyer")
        pages = [self.shop.ok("promotions.batch.codes", {"id": made}) for _ in range(3)]
        self.assertEqual([(page["page"], len(page["codes"]), page["left"]) for page in pages], [(1, 200, 250), (2, 200, 50), (3, 50, 0)])
        self.refused(409, "codes_shown", "id", "promotions.batch.codes", {"id": made})
        codes = [code for page in pages for code in page["codes"]]
        self.assertEqual(len(set(codes)), 450)
        for code in codes[::50]:
            self.assertEqual((self.checked(code)["state"], self.checked(code)["left"]), ("usable", 2))
        self.assertEqual(self.place(("TEA", 1000), coupons=[codes[321]])["order"]["total"], 1791)
        view = self.shop.ok("promotions.batch.get", {"id": made})["batch"]
        self.assertEqual((view["made"], view["shown"], view["note"]), (450, 450, "flyer"))
        listed = self.shop.ok("promotions.coupon.list", {"batch": made, "limit": 500})["coupons"]
        self.assertEqual(len(listed), 450)
        self.assertEqual(sorted(each["label"] for each in listed), sorted(code[-4:] for code in codes))

    def test_a_restart_in_the_middle_loses_and_doubles_nothing(self):
        made = self.shop.ok("promotions.batch.make", {"rule": "ten", "count": 3000})["batch"]["id"]
        self.refused(409, "batch_not_ready", "id", "promotions.batch.codes", {"id": made})
        self.shop.kill()
        self.shop.serve(args=self.serve_args())
        self.until(lambda: self.shop.ok("promotions.batch.get", {"id": made})["batch"]["state"] == "ready")
        codes = self.codes(made)
        self.assertEqual((len(codes), len(set(codes))), (3000, 3000))
        for code in codes[::311]:
            self.assertEqual(self.checked(code)["state"], "usable")

    def test_void_for_the_whole_batch(self):
        made = self.batch(3)
        codes = self.codes(made)
        self.assertEqual(self.shop.ok("promotions.batch.void", {"id": made})["batch"]["state"], "void")
        self.assertEqual({self.checked(code)["state"] for code in codes}, {"void"})
        self.refused(409, "coupon_not_usable", "coupons[0]", "orders.place", self.sale(("TEA", 1000), coupons=[codes[0]]))
        unseen = self.batch(3)
        self.shop.ok("promotions.batch.void", {"id": unseen})
        self.refused(409, "codes_shown", "id", "promotions.batch.codes", {"id": unseen})

    def test_codes_that_nobody_fetches_are_destroyed(self):
        made, single = self.batch(3), self.issue()
        own = self.issue(member=self.member, code=True)
        self.shop.ok("shop.clock.advance", {"ms": DAY + HOUR})
        self.until(lambda: self.state(single) == "void")
        self.until(lambda: self.shop.call("promotions.coupon.reveal", {"id": own})[0] == 404)
        self.assertEqual(self.state(own), "usable", "the member still has its id")
        self.shop.ok("shop.clock.advance", {"ms": 7 * DAY})
        self.until(lambda: self.shop.ok("promotions.batch.get", {"id": made})["batch"]["forgotten"])
        self.refused(409, "codes_shown", "id", "promotions.batch.codes", {"id": made})

    def test_bad_input_is_named(self):
        self.refused(400, "out_of_range", "count", "promotions.batch.make", {"rule": "ten", "count": 100001})
        self.refused(404, "not_found", "id", "promotions.batch.codes", {"id": "bat_" + "0" * 26})
        self.refused(403, "forbidden", None, "promotions.batch.make", {"rule": "ten", "count": 1}, key=self.cashier)

    @unittest.skipUnless(os.environ.get("MERX_LONG"), "the largest batch takes a while")
    def test_the_largest_batch(self):
        made = self.shop.ok("promotions.batch.make", {"rule": "ten", "count": 100000})["batch"]["id"]
        end = time.monotonic() + 600
        while self.shop.ok("promotions.batch.get", {"id": made})["batch"]["state"] != "ready" and time.monotonic() < end:
            self.place(("TEA", 1000))  # the tills go on
        codes = self.codes(made)
        self.assertEqual((len(codes), len(set(codes))), (100000, 100000))


class Secrets(CouponsTest):
    def everything_on_disk(self):
        for folder, _, files in os.walk(self.shop.folder):
            for name in files:
                with open(os.path.join(folder, name), "rb") as file:
                    yield name, file.read()

    def hidden(self, codes, text, where):
        for code in codes:
            plain = code.replace("-", "")
            for form in (code, plain, plain[:17], code[:13], plain.lower()):
                self.assertFalse(form.encode() in text, "%s holds a code" % where)

    def test_no_code_is_anywhere(self):
        """Codes live in nobody's records, log, stored answers, events nor files: neither while they wait nor later."""
        waits, batch = self.issue(), self.batch(300)
        made, code = self.coded(uses=5)
        first = self.shop.ok("promotions.batch.codes", {"id": batch})["codes"]
        codes = [code] + first[:20]
        near = code[:8] + ("Z" if code[8] != "Z" else "Y") + code[9:]
        self.checked(code)
        self.quote(("TEA", 1000), coupons=[code, first[0]])
        order = self.place(("TEA", 1000), coupons=[code, first[1], near])["order"]["id"]
        self.shop.call("orders.place", self.sale(("TEA", 1000), coupons=[first[1]]))
        ask = self.sale(("TEA", 1000), coupons=[code])
        del ask["tenders"]
        self.shop.ok("orders.hold", {**ask, "minutes": 10})
        said = [str(self.shop.ok(op, body)) for op, body in (
            ("orders.get", {"id": order}), ("orders.trace.get", {"id": order}), ("orders.held.list", {}), ("system.log.list", {"limit": 500}),
            ("promotions.coupon.get", {"id": made}), ("promotions.batch.get", {"id": batch}), ("promotions.coupon.list", {"batch": batch}))]
        self.hidden(codes + [near], "\n".join(said).encode(), "an answer")
        self.assertEqual(self.shop.close(), 0)
        dump = self.shop.run("dump", "--data", self.shop.data)
        self.assertEqual(dump.returncode, 0, dump.stderr)
        self.assertIn(made, dump.stdout)
        self.hidden(codes + [near], dump.stdout.encode(), "the dump")
        for name, text in self.everything_on_disk():
            self.hidden(codes + [near], text, name)
        self.shop.serve(args=self.serve_args())
        later = [self.shop.ok("promotions.coupon.reveal", {"id": waits})["code"]] + self.shop.ok("promotions.batch.codes", {"id": batch})["codes"]
        self.hidden(later, dump.stdout.encode(), "the dump of before")


class Guessing(CouponsTest):
    def test_a_guesser_locks_out_himself_alone_and_for_ten_minutes(self):
        _, code = self.coded()
        till, other = self.shop.make_key("cashier"), self.shop.make_key("cashier")
        for number in range(20):
            self.assertEqual(self.checked(invented(100 + number), key=till)["state"], "unknown")
        said = self.checked(code, key=till)
        self.assertEqual(said["state"], "locked")
        self.assertNotIn("coupon", said)
        self.refused(409, "coupon_not_usable", "coupons[0]", "orders.place", self.sale(("TEA", 1000), coupons=[code]), key=till)
        self.assertEqual(self.checked(code, key=other)["state"], "usable")
        self.assertEqual(self.checked("SPRING", key=till)["state"], "unknown", "words are no guesses")
        self.shop.ok("orders.place", self.sale(("TEA", 1000)), key=till)
        self.shop.ok("shop.clock.advance", {"ms": 601000})
        self.assertEqual(self.checked(code, key=till)["state"], "usable")

    def test_typing_errors_and_the_same_wrong_code_again_are_no_guesses(self):
        _, code = self.coded()
        till = self.shop.make_key("cashier")
        for number in range(30):
            self.checked(invented(7), key=till)
            self.checked("23456789ABCDEFGH%02d" % (number + 10), key=till)
        self.assertEqual(self.checked(code, key=till)["state"], "usable")


if __name__ == "__main__":
    unittest.main()
