"""What a customer reads of herself, in her own session and in the export: everything about her, and neither what the shop's people wrote
to each other nor who they are (S0-31)."""

import json
import re
import time
import unittest

import consents
from customers import CustomerTest, new_phone
from test_matrix import Operation, read_policy

NOTE = "between us"  # in whatever staff write down for each other

NEEDS = {"loyalty.points.worth": {"due": 100}, "orders.price.look": {"sku": "TEA", "location": "store-1", "channel": "web"},
         "promotions.coupon.check": {"codes": ["NO-SUCH-CODE"]}}

STUMBLES = """
promotion { id = "stumbles", name = { en = "Stumbles" }, offers = function(cart) error("%s: nobody tried this") end }
""" % NOTE


class ShownToHer(CustomerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        test = cls()
        test.location()
        test.product("TEA", price=1000, stock=100)
        ok = cls.shop.ok
        cls.phone = new_phone()
        cls.member = member = test.join(cls.phone, name="Mei Mei")
        cls.staff = ok("identity.staff.put", {"name": "Wang Cashier", "login": "wang", "role": "owner"})["staff"]["id"]
        key = ok("identity.key.reveal", {"id": ok("identity.key.create", {"principal": cls.staff})["key"]["id"]})["text"]
        by_wang = lambda op, body: ok(op, body, key=key)
        by_wang("membership.tier.put", {"member": member, "tier": "gold", "reason": NOTE + ": a friend of the house"})
        by_wang("membership.segments.put", {"member": member, "add": ["complains-a-lot"], "reason": NOTE})
        by_wang("loyalty.points.adjust", {"member": member, "points": 50, "reason": "sorry for the wait"})
        by_wang("privacy.text.put", {"purpose": "marketing", "language": "en", "version": 1, "body": "May we write to you?"})
        by_wang("privacy.consent.give", {"member": member, "purpose": "marketing", "language": "en", "version": 1, "source": "till"})
        cls.card = by_wang("wallet.load", {"kind": "credit", "member": member, "amount": 5000, "location": "store-1",
                                           "tenders": [{"kind": "cash", "amount": 5000}]})["account"]
        by_wang("wallet.correct", {"account": cls.card, "amount": -100, "reason": NOTE + ": wrongly loaded"})
        by_wang("rules.publish", {"draft": by_wang("rules.draft.put", {"name": "stumbles", "source": STUMBLES})["draft"], "note": "new"})
        cls.order = by_wang("orders.place", {"location": "store-1", "channel": "till", "member": member,
                                             "lines": [{"sku": "TEA", "qty": 1000, "price": 900, "reason": NOTE + ": dented"}],
                                             "tenders": [{"kind": "cash", "amount": 900}]})["order"]["id"]
        by_wang("orders.return", {"location": "store-1", "reason": NOTE + ": she always does that",
                                  "lines": [{"order": cls.order, "line": 1, "qty": 1000}]})
        other = new_phone()
        test.join(other)
        person = lambda number: ok("identity.person.find", {"kind": "phone", "value": number})["person"]
        by_wang("identity.person.merge", {"from": person(other), "into": person(cls.phone), "reason": NOTE + ": same face"})
        by_wang("wallet.block", {"account": cls.card, "reason": NOTE + ": looks like fraud"})
        cls.token = test.login(cls.phone)

    def reads(self):
        """What she may ask about herself -> the body that asks it: each query that names whom it is about, and what its handler looks at."""
        client = self.shop.client()
        self.addCleanup(client.close)
        api = json.loads(client.request("GET", "/openapi.json", headers={"Authorization": "Bearer " + self.shop.owner_key})[2])
        reads = {"orders.get": {"id": self.order}, "wallet.get": {"account": self.card}, "wallet.history": {"account": self.card}}
        for path, about in api["paths"].items():
            if path.startswith("/v1/") and about.get("post", {}).get("x-merx-kind") == "query":
                operation = Operation(about["post"]["operationId"], about["post"], api["components"]["schemas"])
                if read_policy()[operation.name].endswith("customer") and operation.own not in "*?-":
                    reads[operation.name] = NEEDS.get(operation.name, {})
        return reads

    def looks(self, text):
        return [word for word in (NOTE, self.staff, "Wang", "complains-a-lot") if word in text]

    def test_goods_that_came_back_together_with_those_of_another(self):
        """One return of two customers' orders: each reads of her own goods and money alone."""
        phones = [new_phone(), new_phone()]
        one, other = (self.join(phone) for phone in phones)
        bought = {}
        for member, pieces in ((other, 3), (one, 2)):
            bought[member] = self.shop.ok("orders.place", {"location": "store-1", "channel": "till", "member": member,
                                                           "lines": [{"sku": "TEA", "qty": pieces * 1000}],
                                                           "tenders": [{"kind": "cash", "amount": pieces * 1000}]})["order"]["id"]
        self.shop.ok("orders.return", {"location": "store-1", "reason": NOTE, "lines": [
            {"order": bought[other], "line": 1, "qty": 3000}, {"order": bought[one], "line": 1, "qty": 2000}]})
        for member, phone, pieces, somebody in ((one, phones[0], 2, other), (other, phones[1], 3, one)):
            got = self.shop.ok("orders.get", {"id": bought[member]}, key=self.login(phone))
            back, = got["returns"]
            self.assertEqual(back["refund"], pieces * 1000)
            self.assertNotIn(somebody, json.dumps(got))
            self.assertNotIn("points_reversed", back, "it is said of both together")

    def test_what_staff_wrote_is_theirs(self):
        found = {}
        for op, body in self.reads().items():
            status, answer = self.shop.call(op, body, key=self.token)
            self.assertEqual(status, 200, (op, answer))
            text = json.dumps(answer)
            if self.looks(text) or "pri_" in text:
                found[op] = self.looks(text) + re.findall("pri_[0-9A-Z]+", text)
        self.assertEqual(found, {})

    def test_what_the_shop_reckons_of_her_is_not_asked_by_her(self):
        for op, body in (("insight.scores", {"member": self.member}), ("insight.segment.why", {"member": self.member, "code": "any"})):
            self.refused(403, "forbidden", None, op, body, key=self.token)

    def person(self):
        return self.shop.ok("identity.person.find", {"kind": "phone", "value": self.phone})["person"]

    def test_staff_read_what_staff_wrote(self):
        card = self.shop.ok("membership.get", {"id": self.member})["member"]
        self.assertEqual((card["tier_reason"], card["segments"]), (NOTE + ": a friend of the house", ["complains-a-lot"]))
        self.assertEqual(self.shop.ok("wallet.get", {"account": self.card})["account"]["reason"], NOTE + ": looks like fraud")
        self.assertEqual(self.shop.ok("wallet.history", {"account": self.card})["movements"][0]["by"], self.staff)
        self.assertEqual(self.shop.ok("orders.get", {"id": self.order})["order"]["lines"][0]["reason"], NOTE + ": dented")
        heads = self.shop.ok("orders.list", {"member": self.member})["orders"]
        for order in (heads[0], self.shop.ok("orders.get", {"id": self.order})["order"]):
            self.assertIn(NOTE, order["faults"][0]["message"])
        self.assertEqual(self.shop.ok("privacy.consent.list", {"member": self.member})["history"][0]["by"], self.staff)
        for op in ("membership.tier.explain", "membership.tier.history"):
            self.assertIn(NOTE, json.dumps(self.shop.ok(op, {"member": self.member})))

    def test_the_export_is_about_her_alone(self):
        for key in (self.token, None):
            ask = {} if key else {"member": self.member}
            got = self.shop.ok("privacy.export.fetch", {"id": self.shop.ok("privacy.export.ask", ask, key=key)["id"]}, key=key)
            words = json.dumps({**got["sections"], "membership": None})
            self.assertEqual(self.looks(words) + re.findall("pri_[0-9A-Z]+", words), [])
            self.assertEqual(self.looks(json.dumps(got["persons"])), [])
            standing = got["sections"]["membership"]
            self.assertEqual((standing["tier"], standing["segments"]), ("gold", ["complains-a-lot"]), "she is told what is kept about her")
            change = standing["changes"][0]
            self.assertEqual((change["from"], change["tier"], change["why"], change.get("reason")), ("basic", "gold", "hand", None))
            self.assertEqual(self.looks(json.dumps({**standing, "segments": []})), [])
            moved = got["sections"]["points_history"]["movements"]
            self.assertEqual((moved[-1]["points"], moved[-1]["reason"]), (50, "sorry for the wait"))
            self.assertEqual(sum(row["points"] for row in moved), got["sections"]["points"]["points"])
            card, = got["sections"]["gift_cards"]["accounts"]
            self.assertEqual((card["account"]["balance"], [moved["amount"] for moved in card["movements"]]), (4900, [-100, 5000]))
            bought = got["sections"]["orders"]["orders"][0]
            self.assertEqual([(line["sku"], line["total"], line["returned"]) for line in bought["order"]["lines"]], [("TEA", 900, 1000)])
            self.assertEqual([(payment["kind"], payment["amount"]) for payment in bought["order"]["payments"]], [("cash", 900)])
            self.assertEqual(bought["returns"][0]["refund"], 900)
            self.assertEqual(got["persons"][self.person()]["membership.profile"][0]["name"], "Mei Mei")

    def test_the_export_says_with_whom_she_lives_and_where_she_is_counted(self):
        member = self.join(new_phone())
        consents.agree(self.shop, member)
        household = self.shop.ok("membership.household.put", {"member": member})["household"]
        self.shop.ok("insight.segment.put", {"code": "beginners", "watched": True, "where": {"score": "orders", "at_most": 1}})
        self.shop.ok("orders.place", {"location": "store-1", "channel": "till", "member": member, "lines": [{"sku": "TEA", "qty": 1000}],
                                      "tenders": [{"kind": "cash", "amount": 1000}]})
        whole = lambda: self.shop.ok("privacy.export.fetch", {"id": self.shop.ok("privacy.export.ask", {"member": member})["id"]})["sections"]
        end = time.monotonic() + 20
        while not whole()["tags"]["segments"] and time.monotonic() < end:
            time.sleep(0.05)
        got = whole()
        self.assertEqual([segment["segment"] for segment in got["tags"]["segments"]], ["beginners"])
        self.assertTrue(got["tags"]["segments"][0]["since"])
        self.assertEqual((got["membership"]["household"]["household"], got["membership"]["household"]["members"]), (household, [member]))


if __name__ == "__main__":
    unittest.main()
