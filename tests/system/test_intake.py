"""Customers and orders of other channels, taken in once: files by mapping and webhooks.

S0-19 S2-1: connectors for marketplaces, POS files and CRM; the same file or message again changes nothing.
S0-2 S2-2: what another channel knows of a customer, a clerk can call up here after the commit.
"""

import base64
import hashlib
import hmac
import itertools
import json
import time
import unittest

from sales import OrdersTest

_number = itertools.count(1)

CUSTOMERS = {"name": "tmall-customers", "channel": "tmall", "kind": "customers", "format": "csv",
             "columns": [{"target": "external", "from": "buyer_id"}, {"target": "phone", "from": "mobile"},
                         {"target": "email", "from": "mail", "as": "lower"}, {"target": "name", "from": "nick"}]}
ORDERS = {"name": "tmall-orders", "channel": "tmall", "kind": "orders", "format": "csv", "location": "store-1",
          "columns": [{"target": "external", "from": "order"}, {"target": "at", "from": "paid", "format": "YYYY/MM/DD hh:mm", "zone": "Asia/Shanghai"},
                      {"target": "buyer", "from": "buyer"}, {"target": "line.sku", "from": "sku"}, {"target": "line.qty", "from": "pieces"},
                      {"target": "line.amount", "from": "amount"}, {"target": "total", "from": "total"}]}
DOUYIN = {"name": "douyin", "channel": "douyin", "kind": "orders", "format": "json", "location": "store-1", "lines": "items",
          "columns": [{"target": "external", "from": "id"}, {"target": "at", "from": "pay_time", "as": "seconds"}, {"target": "buyer", "from": "user.id"},
                      {"target": "phone", "from": "user.phone"}, {"target": "line.sku", "from": "sku"}, {"target": "line.qty", "from": "count"},
                      {"target": "line.amount", "from": "cents", "as": "minor"}, {"target": "line.name", "from": "title"}]}


class IntakeTest(OrdersTest):
    @classmethod
    def fill(cls):
        super().fill()
        for mapping in (CUSTOMERS, ORDERS, DOUYIN):
            cls.shop.ok("intake.mapping.put", mapping)

    def phone(self):
        return "+86135%08d" % next(_number)

    def run_file(self, mapping, data, **more):
        """-> the run when it is at its end."""
        return self.ended(self.shop.ok("intake.run", {"mapping": mapping, "data": data, **more})["run"]["id"])

    def ended(self, run, states=("done", "undone")):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            shown = self.shop.ok("intake.run.get", {"run": run}, idem=False)["run"]
            if shown["state"] in states:
                return shown
            time.sleep(0.02)
        self.fail(shown)

    def undo(self, run):
        self.shop.ok("intake.undo", {"run": run})
        return self.ended(run, ("undone",))

    def counts(self, run):
        return {name: run[name] for name in ("fresh", "changed", "same", "failed") if run.get(name)}

    def errors(self, run):
        return [(error["line"], error.get("column"), error.get("target"))
                for error in self.shop.ok("intake.errors", {"run": run["id"]}, idem=False)["errors"]]

    def found(self, phone):
        """The member with this phone number, or nothing."""
        status, answer = self.shop.call("membership.find", {"phone": phone}, idem=False)
        return answer["member"]["id"] if status == 200 else None

    def customers(self, *rows):
        return "buyer_id,mobile,mail,nick\n" + "".join(",".join(row) + "\n" for row in rows)

    def tearDown(self):
        self.verified()


class Customers(IntakeTest):
    def test_a_file_is_taken_in_once(self):
        """S0-19 S2-1"""
        one, two = self.phone(), self.phone()
        n = next(_number)
        data = self.customers(("b%d" % n, one, "A%d@Example.com" % n, '"Lin, Xiaoyu"'), ("c%d" % n, two, "", "王小明"))
        run = self.run_file("tmall-customers", data)
        self.assertEqual((self.counts(run), run["rows"]), ({"fresh": 2}, 2), self.errors(run))
        self.assertTrue(self.found(one) and self.found(two))
        again = self.run_file("tmall-customers", data)
        self.assertEqual((self.counts(again), again.get("made", 0)), ({"same": 2}, 0))
        crlf = base64.b64encode(b"\xef\xbb\xbf" + data.replace("\n", "\r\n").encode()).decode()
        third = self.ended(self.shop.ok("intake.run", {"mapping": "tmall-customers", "base64": crlf})["run"]["id"])
        self.assertEqual(self.counts(third), {"same": 2})

    def test_a_clerk_calls_up_what_the_other_channel_knows(self):
        """S0-2 S2-2: written on channel A, read on channel B after the commit."""
        phone, n = self.phone(), next(_number)
        self.run_file("tmall-customers", self.customers(("d%d" % n, phone, "", "Chen")))
        member = self.shop.ok("membership.find", {"phone": phone}, idem=False)["member"]
        person = self.shop.ok("identity.person.find", {"kind": "account", "value": "tmall:d%d" % n}, idem=False)
        self.assertIn("per_", json.dumps(person))
        self.run_file("tmall-orders", "order,paid,buyer,sku,pieces,amount,total\nO%d,2026/05/01 10:00,d%d,TEA,1,19.90,19.90\n" % (n, n))
        orders = self.shop.ok("orders.list", {"member": member["id"]}, idem=False)["orders"]
        self.assertEqual([order["total"] for order in orders], [1990])

    def test_somebody_known_is_linked_and_not_made_twice(self):
        phone, n = self.phone(), next(_number)
        member = self.shop.ok("membership.join", {"phone": phone, "name": "Known"})["member"]["id"]
        run = self.run_file("tmall-customers", self.customers(("e%d" % n, phone, "e%d@example.com" % n, "Other name")))
        self.assertEqual(self.counts(run), {"fresh": 1}, self.errors(run))
        self.assertEqual(self.found(phone), member)
        self.assertEqual(self.shop.ok("membership.get", {"id": member}, idem=False)["member"]["name"], "Known")

    def test_a_changed_row_changes(self):
        phone, other, n = self.phone(), self.phone(), next(_number)
        self.run_file("tmall-customers", self.customers(("f%d" % n, phone, "", "Before")))
        run = self.run_file("tmall-customers", self.customers(("f%d" % n, other, "", "After")))
        self.assertEqual(self.counts(run), {"changed": 1}, self.errors(run))
        self.assertEqual(self.found(other), self.found(phone))
        self.assertEqual(self.shop.ok("membership.get", {"id": self.found(phone)}, idem=False)["member"]["name"], "After")

    def test_a_change_that_was_taken_back_can_be_taken_in_again(self):
        phone, other, n = self.phone(), self.phone(), next(_number)
        self.run_file("tmall-customers", self.customers(("fa%d" % n, phone, "", "")))
        data = self.customers(("fa%d" % n, other, "", ""))
        self.undo(self.run_file("tmall-customers", data)["id"])
        self.assertIsNone(self.found(other))
        self.assertEqual(self.counts(self.run_file("tmall-customers", data)), {"changed": 1})
        self.assertEqual(self.found(other), self.found(phone))

    def test_errors_name_line_and_column_and_no_value(self):
        good, n = self.phone(), next(_number)
        data = ("buyer_id,mobile,mail,nick\n"
                "g%d,%s,,Good\n"
                "h%d,12,,Bad phone\n"
                ",%s,,No id\n"
                "i%d,,no-at-sign,Bad mail\n"
                "j%d,,,a,b\n"
                'k%d,,"x"y,Bad quote\n'
                'l%d,,,"two\nlines"\n'
                'm%d,,,"never closed\n') % (n, good, n, self.phone(), n, n, n, n, n)
        run = self.run_file("tmall-customers", data)
        self.assertEqual(self.errors(run), [(3, "mobile", "phone"), (4, "buyer_id", "external"), (5, "mail", "email"), (6, None, None),
                                            (7, "mail", None), (8, "nick", "name"), (10, "nick", None)])
        self.assertEqual(self.counts(run), {"fresh": 1, "failed": 7})
        said = json.dumps(self.shop.ok("intake.errors", {"run": run["id"]}, idem=False))
        self.assertNotIn("no-at-sign", said)
        self.assertNotIn("Bad", said)

    def test_two_customers_in_one_row_are_not_made_one(self):
        one, two, n = self.phone(), "two%d@example.com" % next(_number), next(_number)
        first = self.shop.ok("membership.join", {"phone": one, "name": "One"})["member"]["id"]
        self.shop.ok("membership.join", {"email": two, "name": "Two"})
        run = self.run_file("tmall-customers", self.customers(("q%d" % n, one, two, "Who")))
        self.assertEqual((self.counts(run), self.errors(run)), ({"failed": 1}, [(2, "mail", "email")]))
        self.assertEqual(self.found(one), first)

    def test_a_dry_run_changes_nothing(self):
        phone, n = self.phone(), next(_number)
        data = self.customers(("n%d" % n, phone, "", "Dry"), ("o%d" % n, "12", "", "Wrong"))
        run = self.run_file("tmall-customers", data, dry_run=True)
        self.assertEqual((self.counts(run), run.get("made", 0)), ({"fresh": 1, "failed": 1}, 0))
        self.assertEqual(self.errors(run), [(3, "mobile", "phone")])
        self.assertIsNone(self.found(phone))
        self.refused(409, "run_was_dry", "run", "intake.undo", {"run": run["id"]})
        self.assertEqual(self.counts(self.run_file("tmall-customers", data)), {"fresh": 1, "failed": 1})

    def test_a_run_is_taken_back(self):
        fresh, known, n = self.phone(), self.phone(), next(_number)
        member = self.shop.ok("membership.join", {"phone": known, "name": "Known"})["member"]["id"]
        data = self.customers(("r%d" % n, fresh, "", "Fresh"), ("s%d" % n, known, "s%d@example.com" % n, "Known"))
        run = self.run_file("tmall-customers", data)
        self.assertTrue(self.found(fresh))
        undone = self.undo(run["id"])
        self.assertEqual((undone["taken"], undone.get("left", 0)), (run["made"], 0))
        self.assertIsNone(self.found(fresh))
        self.assertEqual(self.found(known), member)
        self.assertEqual(self.shop.call("identity.person.find", {"kind": "email", "value": "s%d@example.com" % n}, idem=False)[0], 404)
        self.refused(409, "run_undone", "run", "intake.undo", {"run": run["id"]})
        again = self.run_file("tmall-customers", data)  # as if it had never been
        self.assertEqual(self.counts(again), {"fresh": 2}, self.errors(again))

    def test_who_became_a_customer_stays_one(self):
        phone, n = self.phone(), next(_number)
        run = self.run_file("tmall-customers", self.customers(("t%d" % n, phone, "", "Stays")))
        member = self.found(phone)
        self.place(("TEA", 1000), member=member)
        undone = self.undo(run["id"])
        stays = self.shop.ok("intake.errors", {"run": run["id"]}, idem=False)["stays"]
        self.assertEqual((undone["left"], [stay["id"] for stay in stays if stay["kind"] == "person"]), (3, [member]))
        self.assertEqual(self.found(phone), member)  # and is found as before

    def test_who_has_money_here_stays(self):
        phone, n = self.phone(), next(_number)
        run = self.run_file("tmall-customers", self.customers(("ta%d" % n, phone, "", "Paid in")))
        member = self.found(phone)
        self.shop.ok("wallet.load", {"kind": "credit", "member": member, "amount": 700, "location": "store-1", "tenders": [{"kind": "cash", "amount": 700}]})
        self.undo(run["id"])
        self.assertEqual(self.found(phone), member)
        self.assertEqual(self.shop.ok("wallet.list", {"member": member}, idem=False)["balance"], 700)

    def test_who_was_erased_meanwhile_is_no_hindrance(self):
        phone, n = self.phone(), next(_number)
        run = self.run_file("tmall-customers", self.customers(("z%d" % n, phone, "", "Gone")))
        self.shop.ok("privacy.erase", {"member": self.found(phone), "reason": "she asked"})
        undone = self.undo(run["id"])
        self.assertEqual(undone["taken"] + undone.get("left", 0), run["made"])

    def test_what_cannot_be_read_is_refused_at_once(self):
        body = {"mapping": "tmall-customers"}
        self.refused(404, "not_found", "mapping", "intake.run", {"mapping": "none", "data": "x"})
        self.refused(400, "bad_input", "data", "intake.run", body)
        self.refused(400, "bad_input", "data", "intake.run", {**body, "data": "buyer_id,mobile\n"})
        self.refused(400, "bad_input", "base64", "intake.run", {**body, "base64": "***"})
        answer = self.refused(400, "bad_input", "base64", "intake.run", {**body, "base64": base64.b64encode("buyer_id,名字\n".encode("gbk")).decode()})
        self.assertIn("UTF-8", answer["detail"])
        self.refused(400, "missing_field", "run", "intake.run", {**body, "data": "x", "part": 2, "parts": 2})

    def test_mappings_are_checked(self):
        columns = CUSTOMERS["columns"]
        for field, code, change in (("columns[0].target", "bad_input", {"columns": [{"target": "shoe", "from": "x"}]}),
                                    ("columns[0].from", "bad_input", {"columns": [{"target": "external"}]}),
                                    ("columns[4].target", "bad_input", {"columns": columns + [columns[0]]}),
                                    ("columns[0].as", "bad_input", {"columns": [{"target": "external", "from": "x", "as": "date"}]}),
                                    ("columns", "missing_field", {"columns": columns[1:]}),
                                    ("columns", "missing_field", {"kind": "orders", "columns": columns[:1]}),
                                    ("lines", "bad_input", {"lines": "x"}), ("channel", "bad_input", {"channel": "T mall"})):
            self.refused(400, code, field, "intake.mapping.put", {**CUSTOMERS, "name": "wrong", **change})
        self.assertEqual(self.shop.ok("intake.mapping.get", {"name": "tmall-customers"}, idem=False)["mapping"]["columns"][1]["from"], "mobile")

    def test_a_long_file_comes_in_parts(self):
        n = next(_number)
        rows = ["u%d-%d,%s,,Many" % (n, i, self.phone()) for i in range(130)]
        first = self.shop.ok("intake.run", {"mapping": "tmall-customers", "data": "buyer_id,mobile,mail,nick\n" + "\n".join(rows[:60]) + "\n", "parts": 2})
        run = first["run"]["id"]
        self.refused(409, "part_unexpected", "part", "intake.run", {"mapping": "tmall-customers", "run": run, "part": 3, "parts": 2, "data": "x\n"})
        self.shop.ok("intake.run", {"mapping": "tmall-customers", "run": run, "part": 2, "parts": 2, "data": "\n".join(rows[60:]) + "\nbad\n"})
        shown = self.ended(run)
        self.assertEqual((self.counts(shown), shown["rows"]), ({"fresh": 130, "failed": 1}, 131))
        error = self.shop.ok("intake.errors", {"run": run}, idem=False)["errors"][0]
        self.assertEqual((error["part"], error["line"]), (2, 71))

    def test_a_run_reads_by_the_mapping_it_was_begun_with(self):
        """Changed between two parts: the run goes on as it began, and is undone under the channel it came from."""
        n, phones = next(_number), [self.phone(), self.phone()]
        mapping = {**CUSTOMERS, "name": "moving"}
        self.shop.ok("intake.mapping.put", mapping)
        run = self.shop.ok("intake.run", {"mapping": "moving", "data": self.customers(("y%d" % n, phones[0], "", "One")), "parts": 2})["run"]["id"]
        self.shop.ok("intake.mapping.put", {**mapping, "channel": "other", "columns": [{"target": "external", "from": "mobile"}]})
        self.shop.ok("intake.run", {"mapping": "moving", "run": run, "part": 2, "parts": 2, "data": "x%d,%s,,Two\n" % (n, phones[1])})
        self.assertEqual(self.counts(self.ended(run)), {"fresh": 2})
        self.assertTrue(self.found(phones[0]) and self.found(phones[1]))
        self.undo(run)
        self.assertEqual([self.found(phone) for phone in phones], [None, None])

    def test_nothing_of_it_stands_in_clear(self):
        phone, n = self.phone(), next(_number)
        self.run_file("tmall-customers", self.customers(("secretly%d" % n, phone, "", "Unreadable%d" % n)))
        dumped = self.shop.run("dump", "--data", self.shop.data).stdout + self.shop.log_text()
        for text in ("secretly%d" % n, phone, "Unreadable%d" % n):
            self.assertNotIn(text, dumped)


class Abandoned(IntakeTest):
    @classmethod
    def fill(cls):
        cls.shop.ok("shop.settings.put", {"practice": True})
        super().fill()

    def test_a_file_whose_rest_never_comes_is_forgotten(self):
        """What somebody sent half of does not wait for ever with names in it."""
        run = self.shop.ok("intake.run", {"mapping": "tmall-customers", "data": self.customers(("w1", self.phone(), "", "Half")), "parts": 2})["run"]["id"]
        self.shop.ok("shop.clock.advance", {"ms": 25 * 3600000})
        self.assertEqual(self.counts(self.ended(run)), {"failed": 1})
        self.refused(409, "part_unexpected", "part", "intake.run", {"mapping": "tmall-customers", "run": run, "part": 2, "parts": 2, "data": "x\n"})
        self.assertNotIn('"intake.piece"', self.shop.run("dump", "--data", self.shop.data).stdout)


class Orders(IntakeTest):
    def csv(self, *rows):
        return "order,paid,buyer,sku,pieces,amount,total\n" + "".join(row + "\n" for row in rows)

    def test_lines_of_one_order_belong_together(self):
        n = next(_number)
        data = self.csv("A%d,2026/05/01 10:00,v%d,TEA,2,39.80,49.80" % (n, n), "A%d,2026/05/01 10:00,v%d,SHIRT,1,10.00,49.80" % (n, n),
                        "B%d,2026/05/01 11:00,,TEA,1,19.90,19.90" % n)
        run = self.run_file("tmall-orders", data)
        self.assertEqual(self.counts(run), {"fresh": 2}, self.errors(run))
        again = self.run_file("tmall-orders", data)
        self.assertEqual(self.counts(again), {"same": 2})
        changed = self.run_file("tmall-orders", data.replace("2,39.80,49.80", "2,29.80,39.80").replace("10.00,49.80", "10.00,39.80"))
        self.assertEqual((self.counts(changed), self.errors(changed)), ({"same": 1, "failed": 1}, [(2, "order", "external")]))

    def test_wrong_orders_name_line_and_column(self):
        n = next(_number)
        run = self.run_file("tmall-orders", self.csv("C%d,2026/02/30 10:00,,TEA,1,19.90,19.90" % n, "D%d,2026/05/01 10:00,,TEA,x,19.90,19.90" % n,
                                                     "E%d,2026/05/01 10:00,,TEA,1,19.905,19.90" % n, "F%d,2026/05/01 10:00,,,1,19.90,19.90" % n,
                                                     "G%d,2026/05/01 10:00,,TEA,1,19.90,19.91" % n))
        self.assertEqual(self.errors(run), [(2, "paid", "at"), (3, "pieces", "line.qty"), (4, "amount", "line.amount"), (5, "sku", "line.sku"),
                                            (6, "total", "total")])
        self.assertEqual(self.counts(run), {"failed": 5})

    def test_orders_are_taken_out_again(self):
        n = next(_number)
        data = self.csv("H%d,2026/05/01 10:00,w%d,TEA,1,19.90,19.90" % (n, n))
        run = self.run_file("tmall-orders", data)
        undone = self.undo(run["id"])
        self.assertEqual((undone["taken"], undone.get("left", 0)), (run["made"], 0), self.shop.ok("intake.errors", {"run": run["id"]}, idem=False))

    def test_an_order_with_too_many_lines_is_wrong_as_a_whole(self):
        n = next(_number)
        run = self.run_file("tmall-orders", self.csv(*["J%d,2026/05/01 10:00,,TEA,1,1.00," % n] * 501, "K%d,2026/05/01 10:00,,TEA,1,1.00," % n))
        self.assertEqual((self.counts(run), self.errors(run)), ({"fresh": 1, "failed": 1}, [(2, "sku", "line.sku")]))

    def test_wrong_rows_between_steps_are_told_once(self):
        n = next(_number)
        rows = ["R%d-%d,2026/05/01 10:00,,TEA,1,1.00," % (n, i) for i in range(50)] + ["too,few"] + ["S%d,2026/05/01 10:00,,TEA,1,1.00," % n]
        run = self.run_file("tmall-orders", self.csv(*rows))
        self.assertEqual((self.counts(run), run["rows"], self.errors(run)), ({"fresh": 51, "failed": 1}, 52, [(52, "buyer", None)]))

    def test_a_returned_order_stays(self):
        """What the keeper of orders refuses takes a step back; its next try notes the refusal and goes on."""
        n = next(_number)
        run = self.run_file("tmall-orders", self.csv("P%d,2026/05/01 10:00,,TEA,1,19.90,19.90" % n))
        order = [order for order in self.orders() if order["total"] == 1990][0]
        self.shop.ok("orders.return", self.back({"order": order["id"], "line": 1, "qty": 1000, "price": 0}))
        undone = self.undo(run["id"])
        stays = self.shop.ok("intake.errors", {"run": run["id"]}, idem=False)["stays"]
        self.assertEqual((undone["left"], [(stay["kind"], stay["id"]) for stay in stays]), (1, [("order", order["id"])]))

    def test_a_dry_run_of_orders_changes_nothing(self):
        n = next(_number)
        data = self.csv("I%d,2026/05/01 10:00,x%d,TEA,1,19.90,19.90" % (n, n))
        before = len(self.orders())
        self.assertEqual(self.counts(self.run_file("tmall-orders", data, dry_run=True)), {"fresh": 1})
        self.assertEqual(len(self.orders()), before)
        self.assertEqual(self.shop.call("identity.person.find", {"kind": "account", "value": "tmall:x%d" % n}, idem=False)[0], 404)


class HookTest(IntakeTest):
    def signature(self, secret, ident, at, body):
        mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), ("%s.%s.%s" % (ident, at, body)).encode(), hashlib.sha256).digest()
        return "v1," + base64.b64encode(mac).decode()

    def post(self, body, name="douyin", **headers):
        """-> (status, answer); a header as webhook_id="..."."""
        client = self.shop.client()
        self.addCleanup(client.close)
        status, _, answer = client.request("POST", "/v1/hooks/intake.hook/" + name, body.encode(),
                                           {header.replace("_", "-"): value for header, value in headers.items()})
        return status, json.loads(answer)

    def send(self, secret, body, ident=None, at=None, name="douyin"):
        ident, at = ident or "msg_%d" % next(_number), str(at or int(time.time()))
        return self.post(body, name, Webhook_Id=ident, webhook_timestamp=at,
                         webhook_signature="v1,x " + self.signature(secret, ident, at, body))

    def secret(self, mapping="douyin", **more):
        return self.shop.ok("intake.mapping.secret", {"name": mapping, **more}, idem=False)["text"]

    def message(self, n, phone=None, **more):
        return json.dumps({"id": "DY%d" % n, "pay_time": 1780000000, "user": {"id": "u%d" % n, "phone": phone or self.phone()},
                           "items": [{"sku": "TEA", "count": 1, "cents": 1990, "title": "茶 \"best\""}, {"sku": "SHIRT", "count": 2, "cents": 12000, "title": "x"}], **more})


class Hooks(HookTest):
    def test_a_signed_message_is_taken_in_once(self):
        """S0-19 S2-1: also sent once more, as gateways do, with a new time and signature, or under another id."""
        secret, phone, n = self.secret(), self.phone(), next(_number)
        body = self.message(n, phone)
        status, first = self.send(secret, body, "msg_first_%d" % n)
        self.assertEqual(status, 200, first)
        run = self.ended(first["run"]["id"])
        self.assertEqual(self.counts(run), {"fresh": 1}, self.errors(run))
        self.assertTrue(self.found(phone))
        status, again = self.send(secret, body, "msg_first_%d" % n, at=int(time.time()) + 60)
        self.assertEqual((status, again["run"]["id"], self.counts(again["run"])), (200, run["id"], {"fresh": 1}))
        status, other = self.send(secret, body)
        self.assertEqual(self.counts(self.ended(other["run"]["id"])), {"same": 1})

    def test_the_same_id_of_another_channel_is_another_message(self):
        self.shop.ok("intake.mapping.put", {**DOUYIN, "name": "douyin-two", "channel": "douyin-two"})
        n = next(_number)
        one = self.send(self.secret(), self.message(n), "msg_both_%d" % n)[1]["run"]["id"]
        two = self.send(self.secret("douyin-two"), self.message(n), "msg_both_%d" % n, name="douyin-two")[1]["run"]["id"]
        self.assertNotEqual(one, two)
        self.assertEqual(self.counts(self.ended(two)), {"fresh": 1})
        self.ended(one)

    def test_what_is_not_signed_is_refused_without_a_hint(self):
        """The same words, whatever is wrong; also for a name that nobody knows and one without a secret."""
        secret, other, body = self.secret(), self.secret("tmall-orders"), self.message(next(_number))
        n, now = next(_number), str(int(time.time()))
        good = self.signature(secret, "msg_%d" % n, now, body)
        self.shop.ok("intake.mapping.put", {**DOUYIN, "name": "no-secret"})
        answers = [self.send(other, body), self.send(secret, body, at=int(time.time()) - 3600), self.send(secret, body, name="nobody"),
                   self.send(secret, body, name="no-secret"), self.send(secret, body, name="tmall-orders"), self.post(body),
                   self.post(body + " ", webhook_id="msg_%d" % n, webhook_timestamp=now, webhook_signature=good)]
        self.assertEqual([answer[0] for answer in answers], [401] * len(answers))
        self.assertEqual(len({json.dumps(answer[1], sort_keys=True) for answer in answers}), 1)
        self.assertEqual(self.post(body, webhook_id="msg_%d" % n, webhook_timestamp=now, webhook_signature=good)[0], 200)
        self.secret(hours=0)
        self.assertEqual(self.send(secret, body)[0], 401)  # the old secret holds no longer

    def test_there_is_no_other_way_in(self):
        self.refused(404, "unknown_operation", None, "intake.hook", {"name": "douyin", "body": "{}"})

    def test_what_cannot_be_taken_in_says_so_to_who_signed_it(self):
        secret = self.secret()
        for body, status, code in (("", 400, "out_of_range"), ("x" * (800 << 10), 413, "too_large")):
            answer = self.send(secret, body)
            self.assertEqual((answer[0], answer[1]["code"], answer[1]["field"]), (status, code, "body"))
        run = self.send(secret, "no json")[1]["run"]["id"]
        self.assertEqual(self.counts(self.ended(run)), {"failed": 1})

    def test_no_secret_and_no_message_stands_in_clear(self):
        secret, phone, n = self.secret(), self.phone(), next(_number)
        self.ended(self.send(secret, self.message(n, phone), "msg_quiet_%d" % n)[1]["run"]["id"])
        dumped = self.shop.run("dump", "--data", self.shop.data).stdout + self.shop.log_text()
        for text in (secret, secret.removeprefix("whsec_"), phone, "msg_quiet_%d" % n):
            self.assertNotIn(text, dumped)

    def test_json_arrays_and_lines(self):
        n, m = next(_number), next(_number)
        one, two = self.message(n), self.message(m)
        run = self.run_file("douyin", "[%s,\n%s]" % (one, two))
        self.assertEqual(self.counts(run), {"fresh": 2}, self.errors(run))
        run = self.run_file("douyin", "\ufeff[%s]" % one)
        self.assertEqual(self.counts(run), {"same": 1}, self.errors(run))
        run = self.run_file("douyin", "[%s," % one)
        self.assertEqual((self.counts(run), self.errors(run)), ({"same": 1, "failed": 1}, [(1, None, None)]))
        run = self.run_file("douyin", one + "\n" + two + "\n" + '{"id": "x", \n oops')
        self.assertEqual((self.counts(run), self.errors(run)), ({"same": 2, "failed": 1}, [(3, None, None)]))


if __name__ == "__main__":
    unittest.main()
