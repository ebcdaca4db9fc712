"""Membership over HTTP: joining, looking up by phone, tiers, and nothing personal where it does not belong."""

import os
import time
import unittest

import merx

MEMBER_ID = "mem_01J0000000000000000000000A"


class Membership(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier = cls.shop.make_key("cashier")
        cls.auditor = cls.shop.make_key("auditor")

    def join(self, phone, name="Somebody", **more):
        return self.shop.ok("membership.join", {"phone": phone, "name": name, **more})["member"]

    def get(self, member):
        return self.shop.ok("membership.get", {"id": member})["member"]


class Joining(Membership):
    def test_a_member_is_found_by_every_way_of_writing_the_phone(self):
        """S0-20, S2-13a, S3-4 (a part): joined at the till, known in the next call of another channel."""
        member = self.shop.ok("membership.join", {"phone": "139 1000-0001", "name": "林小雨"}, key=self.cashier)["member"]
        self.assertEqual(sorted(member), ["id", "joined_at", "rev", "segments", "tier", "tier_at"])
        self.assertTrue(member["id"].startswith("mem_"))
        self.assertEqual(member["tier"], "basic")
        for phone in ("13910000001", "+86 139 1000 0001", "0086-139-1000-0001", "(139) 1000.0001"):
            found = self.shop.ok("membership.find", {"phone": phone})["member"]
            self.assertEqual((found["id"], found["name"], found["phones"]), (member["id"], "林小雨", ["+8613910000001"]))
        self.assertEqual(self.get(member["id"]), found)

    def test_a_phone_makes_one_member(self):
        member = self.join("13910000002", "First")
        answer = self.refused(409, "already_member", "phone", "membership.join", {"phone": "+8613910000002", "name": "Second"})
        self.assertNotIn(member["id"], str(answer))
        self.assertNotIn("First", str(answer))
        self.assertEqual(self.get(member["id"])["name"], "First")

    def test_the_same_request_again_is_the_same_member(self):
        body = {"phone": "13910000003", "name": "Again"}
        first = self.shop.ok("membership.join", body, idem="join-again")
        self.assertEqual(self.shop.ok("membership.join", body, idem="join-again"), first)

    def test_an_id_made_by_the_caller(self):
        self.assertEqual(self.join("13910000004", id=MEMBER_ID)["id"], MEMBER_ID)
        self.refused(409, "exists", "id", "membership.join", {"phone": "13910000005", "name": "x", "id": MEMBER_ID})
        self.assertEqual(self.shop.call("membership.find", {"phone": "13910000005"})[0], 404)

    def test_bad_input_is_named_and_changes_nothing(self):
        for body, field in [
            ({"name": "x"}, "phone"), ({"phone": "", "name": "x"}, "phone"), ({"phone": "12", "name": "x"}, "phone"),
            ({"phone": "not a phone", "name": "x"}, "phone"), ({"phone": "+86139100000061234567", "name": "x"}, "phone"), ({"phone": 13910000006, "name": "x"}, "phone"),
            ({"phone": "13910000006", "name": ""}, "name"), ({"phone": "13910000006", "name": "  "}, "name"), ({"phone": "13910000006", "name": "n" * 101}, "name"),
            ({"phone": "13910000006", "name": "line\nfeed"}, "name"), ({"phone": "13910000006", "name": "x", "id": "ord" + MEMBER_ID[3:]}, "id"),
            ({"phone": "13910000006", "name": "x", "id": "mem_short"}, "id"), ({"phone": "13910000006", "name": "x", "tier": "gold"}, "tier"),
        ]:
            with self.subTest(body=body):
                status, answer = self.shop.call("membership.join", body)
                self.assertEqual((status, answer.get("field")), (400, field), answer)
        self.assertEqual(self.shop.call("membership.find", {"phone": "13910000006"})[0], 404)

    def test_looking_up_nobody(self):
        self.refused(404, "not_found", "phone", "membership.find", {"phone": "13999999999"})
        self.refused(404, "not_found", "id", "membership.get", {"id": MEMBER_ID[:-1] + "Z"})
        answer = self.refused(400, "bad_input", "phone", "membership.find", {"phone": "what"})
        self.assertIn("give it with its area code", answer["detail"])

    def test_who_may(self):
        member = self.join("13910000007")["id"]
        self.refused(403, "forbidden", None, "membership.join", {"phone": "13910000008", "name": "x"}, key=self.auditor)
        self.refused(403, "forbidden", None, "membership.get", {"id": member}, key=self.auditor)
        self.refused(403, "forbidden", None, "membership.find", {"phone": "13910000007"}, key=self.auditor)
        self.refused(403, "forbidden", None, "membership.tier.put", {"member": member, "tier": "gold", "reason": "mine"}, key=self.cashier)
        self.assertEqual(self.get(member)["tier"], "basic")


class Tiers(Membership):
    def test_a_tier_is_given_with_a_reason(self):
        member = self.join("13920000001")["id"]
        time.sleep(0.01)
        answer = self.shop.ok("membership.tier.put", {"member": member, "tier": "gold", "reason": "opening week", "if_rev": 1})["member"]
        self.assertEqual((answer["tier"], answer["rev"]), ("gold", 2))
        self.assertGreater(answer["tier_at"], answer["joined_at"])
        self.assertEqual((self.get(member)["tier"], self.get(member)["tier_reason"]), ("gold", "opening week"))
        self.refused(409, "conflict", "if_rev", "membership.tier.put", {"member": member, "tier": "black", "reason": "r", "if_rev": 1})
        time.sleep(0.01)
        again = self.shop.ok("membership.tier.put", {"member": member, "tier": "gold", "reason": "again"})["member"]
        self.assertEqual(again["tier_at"], answer["tier_at"])
        events = self.shop.ok("system.log.list", {"type": "membership.tier.changed", "limit": 500})["events"]
        self.assertEqual([event["data"] for event in events if event["data"]["member"] == member],
                         [{"member": member, "from": "basic", "tier": "gold"}])

    def test_bad_input_is_named_and_changes_nothing(self):
        member = self.join("13920000002")["id"]
        good = {"member": member, "tier": "gold", "reason": "r"}
        for change, field in [({"tier": "Gold"}, "tier"), ({"tier": "gold plus"}, "tier"), ({"tier": ""}, "tier"), ({"tier": "g" * 33}, "tier"),
                              ({"reason": ""}, "reason"), ({"reason": "  "}, "reason"), ({"member": "mem_1"}, "member"), ({"if_rev": 0}, "if_rev"), ({"until": 1}, "until")]:
            with self.subTest(change=change):
                status, answer = self.shop.call("membership.tier.put", {**good, **change})
                self.assertEqual((status, answer.get("field")), (400, field), answer)
        self.refused(404, "not_found", "member", "membership.tier.put", {**good, "member": MEMBER_ID[:-1] + "Y"})
        self.assertEqual((self.get(member)["tier"], self.get(member)["rev"]), ("basic", 1))


class Segments(Membership):
    def change(self, member, add=(), remove=(), reason="r", **more):
        return self.shop.ok("membership.segments.put", {"member": member, "add": list(add), "remove": list(remove), "reason": reason, **more})["member"]

    def members(self, segment, limit=100):
        found, after = [], {}
        while True:
            page = self.shop.ok("membership.segment.list", {"segment": segment, "limit": limit, **after})
            found += [member["id"] for member in page["members"]]
            if "next" not in page:
                return found
            after = {"after": page["next"]}

    def test_members_enter_and_leave(self):
        member = self.join("13925000001")["id"]
        answer = self.change(member, ["tea", "new", "a-1"], reason="asked")
        self.assertEqual((answer["segments"], answer["rev"]), (["a-1", "new", "tea"], 2))
        answer = self.change(member, ["tea", "vip"], ["new", "unknown"], if_rev=2)
        self.assertEqual((answer["segments"], answer["rev"]), (["a-1", "tea", "vip"], 3))
        self.assertEqual(self.change(member, ["vip"], ["new"])["rev"], 3)
        self.assertEqual(self.get(member)["segments"], ["a-1", "tea", "vip"])
        self.refused(409, "conflict", "if_rev", "membership.segments.put", {"member": member, "add": ["x"], "reason": "r", "if_rev": 2})
        events = self.shop.ok("system.log.list", {"type": "membership.segments.changed", "limit": 500})["events"]
        self.assertEqual([event["data"] for event in events if event["data"]["member"] == member],
                         [{"member": member, "added": ["a-1", "new", "tea"], "removed": [], "reason": "asked"},
                          {"member": member, "added": ["vip"], "removed": ["new"], "reason": "r"}])

    def test_the_members_of_a_segment_come_in_pages(self):
        ids = sorted(self.join("1392500010%d" % i)["id"] for i in range(5))
        for member in ids:
            self.change(member, ["paged", "paged-2"])
        for limit in (1, 2, 5):
            self.assertEqual(self.members("paged", limit), ids)
        self.change(ids[2], remove=["paged"])
        self.assertEqual(self.members("paged"), ids[:2] + ids[3:])
        self.assertEqual(self.members("page"), [])
        self.refused(400, "bad_input", "after", "membership.segment.list", {"segment": "paged", "after": "nonsense"})

    def test_bad_input_is_named_and_changes_nothing(self):
        member = self.join("13925000002")["id"]
        good = {"member": member, "add": ["tea"], "reason": "r"}
        for change, code, field in [
            ({"add": ["Tea"]}, "bad_input", "add[0]"), ({"add": ["a", ""]}, "out_of_range", "add[1]"), ({"add": ["a" * 33]}, "out_of_range", "add[0]"),
            ({"remove": ["te a"]}, "bad_input", "remove[0]"), ({"remove": ["tea"]}, "bad_input", "remove[0]"), ({"add": []}, "missing_field", "add"),
            ({"reason": " "}, "bad_input", "reason"), ({"add": ["a"] * 65}, "out_of_range", "add"), ({"segments": []}, "unknown_field", "segments"),
        ]:
            with self.subTest(change=change):
                self.refused(400, code, field, "membership.segments.put", {**good, **change})
        self.refused(404, "not_found", "member", "membership.segments.put", {**good, "member": MEMBER_ID[:-1] + "X"})
        self.assertEqual((self.get(member).get("segments"), self.get(member)["rev"]), ([], 1))
        self.change(member, ["s%d" % i for i in range(64)])
        self.refused(409, "too_many_segments", "add", "membership.segments.put", good)
        self.change(member, ["tea"], ["s0"])

    def test_who_may(self):
        member = self.join("13925000003")["id"]
        self.refused(403, "forbidden", None, "membership.segments.put", {"member": member, "add": ["x"], "reason": "r"}, key=self.cashier)
        self.refused(403, "forbidden", None, "membership.segment.list", {"segment": "x"}, key=self.auditor)
        self.assertEqual(self.shop.ok("membership.segment.list", {"segment": "x"}, key=self.cashier)["members"], [])


LOVERS = """
on("orders.paid", function(event, shop)
  if event.data.member and event.data.total >= 5000 then
    shop.run("membership.segments.put", { member = event.data.member, add = { "lovers" }, reason = "a large purchase" })
  end
end)
promotion { id = "for-lovers", segment = "lovers", percent = 10 }
promotion { id = "third-order", member = true, amount = 100,
  when = function(cart) return (cart.counters.orders or 0) >= 2 and cart.counters.spent_minor > 0 end }
"""


class SegmentsAndRules(Membership):
    def test_a_rule_fills_a_segment_that_another_one_asks_for(self):
        """Counters and segments reach promotions; listeners set segments under the rules' own role."""
        draft = self.shop.ok("rules.draft.put", {"name": "lovers", "source": LOVERS})["draft"]
        self.shop.ok("rules.publish", {"draft": draft, "note": "lovers"})
        self.shop.ok("inventory.location.put", {"id": "store-1"})
        self.shop.ok("catalog.product.put", {"sku": "POT", "name": {"en": "Pot"}, "price": 6000, "stocked": False})
        member, other = self.join("13926000001")["id"], self.join("13926000002")["id"]
        sale = {"channel": "till", "location": "store-1", "lines": [{"sku": "POT", "qty": 1000}], "tenders": [{"kind": "cash", "amount": 6000}]}
        self.assertEqual(self.shop.ok("orders.place", {**sale, "member": member})["order"]["total"], 6000)
        until = time.monotonic() + 20
        while self.get(member)["segments"] != ["lovers"] and time.monotonic() < until:
            time.sleep(0.02)
        self.assertEqual(self.get(member)["segments"], ["lovers"])
        totals = [self.shop.ok("orders.place", {**sale, "member": member})["order"]["total"] for _ in range(2)]
        self.assertEqual(totals, [5400, 5310])
        self.assertEqual(self.shop.ok("orders.place", {**sale, "member": other})["order"]["total"], 6000)
        self.assertEqual(self.shop.ok("membership.segment.list", {"segment": "lovers"})["members"][0]["id"], member)


class Privacy(Membership):
    NAME, PHONE = "Wilhelmina Canary-Featherstone", "13730000417"

    def test_without_the_right_the_personal_fields_are_masked(self):
        member = self.join("13730000001", "Hidden Name")["id"]
        for op, body in (("membership.get", {"id": member}), ("membership.find", {"phone": "13730000001"})):
            masked = self.shop.ok(op, body, key=self.cashier)["member"]
            self.assertEqual((masked["id"], masked["tier"]), (member, "basic"))
            self.assertNotIn("Hidden", str(masked))
            self.assertNotIn("73000", str(masked))

    def test_the_personal_fields_stand_nowhere_in_clear(self):
        """S0-31 (a part): name and phone are in no answer of a command, no event, no log line and no byte of the data folder."""
        for number in range(20):
            self.join("1373%07d" % (417 + number), "%s %d" % (self.NAME, number))
        member = self.shop.ok("membership.find", {"phone": self.PHONE})["member"]
        self.assertEqual(member["name"], self.NAME + " 0")
        answers = [self.shop.call("membership.join", {"phone": self.PHONE, "name": self.NAME}),
                   self.shop.call("membership.tier.put", {"member": member["id"], "tier": "gold", "reason": "r"}),
                   self.shop.ok("system.log.list", {"limit": 500})]
        for text in (self.NAME, "Wilhelmina", self.PHONE, "0000417"):
            self.assertNotIn(text, str(answers))
            self.assertNotIn(text, self.shop.log_text())
        ids_seen = 0
        for folder, _, files in os.walk(self.shop.folder):
            for name in files:
                if not os.path.isfile(os.path.join(folder, name)):
                    continue  # the socket
                with open(os.path.join(folder, name), "rb") as file:
                    content = file.read()
                ids_seen += content.count(member["id"].encode())
                for text in (b"Wilhelmina", b"Canary-Feather", self.PHONE.encode(), b"+86" + self.PHONE.encode()):
                    self.assertNotIn(text, content, "%s in %s" % (text, name))
        self.assertGreater(ids_seen, 0, "records of this member would be found, were they not sealed")
        self.assertEqual(self.shop.verify().returncode, 0)


if __name__ == "__main__":
    unittest.main()
