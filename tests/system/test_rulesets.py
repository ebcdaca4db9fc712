"""Rule sets: drafts, checks, tests, versions that are published, scheduled, rolled back, tried on some carts or beside them."""

import os
import time
import unittest

import merx

TEA = """
promotion {
    id = "tea-half",
    name = { en = "Half price tea" },
    where = { category = "tea" },
    percent = 50,
}

test("tea costs half", function(t)
    local offers = t.offers("tea-half", { lines = { { sku = "TEA", category = "tea", unit_price = 1000, qty = 1000 } } })
    t.equal(#offers, 1)
end)
"""
TENTH = TEA.replace("percent = 50", "percent = 10")
FAILING = TEA.replace("t.equal(#offers, 1)", "t.equal(#offers, 2)")
CUP = """
promotion { id = "cup-5", where = { sku = "CUP" }, percent = 5 }
test("cups", function(t) t.equal(#t.offers("cup-5", { lines = { { sku = "CUP", unit_price = 100, qty = 1000 } } }), 1) end)
"""


class RuleSets(unittest.TestCase):
    def setUp(self):
        self.shop = merx.Shop()
        self.addCleanup(self.shop.stop)
        self.shop.init()
        self.rules = os.path.join(self.shop.folder, "rules")
        self.serve()
        self.shop.ok("shop.settings.put", {"practice": True})  # tests move the clock
        self.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
        self.shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 1000, "unit": "piece", "category": "tea", "tax_ppm": 0})
        self.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "TEA", "qty": 900000}]})

    def serve(self):
        self.shop.serve(args=["--rules", self.rules])

    def again(self):
        self.assertEqual(self.shop.close(), 0)
        self.serve()

    def write(self, name, text):
        os.makedirs(self.rules, exist_ok=True)
        with open(os.path.join(self.rules, name), "w", encoding="utf-8") as file:
            file.write(text)

    def draft(self, name="tea", source=TEA, **more):
        return self.shop.ok("rules.draft.put", {"name": name, "source": source, **more})["draft"]

    def publish(self, name="tea", source=TEA, note="", **more):
        return self.shop.ok("rules.publish", {"draft": self.draft(name, source), "note": note, **more})

    def quote(self, **more):
        return self.shop.ok("orders.quote", {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 1000}], **more})["order"]

    def total(self):
        return self.quote()["total"]

    def states(self):
        return {row["version"]: row["state"] for row in self.shop.ok("rules.list")["versions"]}

    def refused(self, op, body, code, field=None, status=409, **more):
        got, problem = self.shop.call(op, body, **more)
        self.assertEqual((got, problem.get("code"), problem.get("field")), (status, code, field), problem)
        return problem["detail"]

    def test_from_draft_to_live_and_back(self):
        """S2-16: who changed what; draft, check, test, live, end."""
        draft = self.draft()
        self.assertEqual(self.total(), 1000, "a draft is not in force")
        checked = self.shop.ok("rules.check", {"draft": draft})
        self.assertTrue(checked["ok"], checked)
        tested = self.shop.ok("rules.test", {"draft": draft})
        self.assertEqual((tested["passed"], tested["failed"]), (1, 0))
        shown = self.shop.ok("rules.draft.get", {"draft": draft})
        self.assertEqual([(f["name"], f["source"], f["changed"]) for f in shown["files"]], [("tea.lua", TEA, True)])
        self.assertEqual([d["draft"] for d in self.shop.ok("rules.draft.list")["drafts"]], [draft])
        first = self.shop.ok("rules.publish", {"draft": draft, "note": "for the weekend"})
        self.assertEqual((self.total(), self.shop.ok("rules.draft.list").get("drafts", [])), (500, []))
        self.assertEqual(self.shop.ok("scripts.rules.list")["version"], first["text"])
        self.again()
        self.assertEqual(self.total(), 500, "the folder was never there")
        self.assertFalse(os.path.exists(self.rules))
        second = self.publish(source=TENTH, note="less")
        self.assertEqual(self.total(), 900)
        back = self.shop.ok("rules.rollback", {"version": first["version"], "note": "more again"})
        self.assertEqual((self.total(), back["version"]), (500, second["version"] + 1))
        owner = [p["id"] for p in self.shop.ok("identity.principal.list")["principals"] if p["role"] == "owner"][0]
        rows = self.shop.ok("rules.list")["versions"]
        self.assertEqual([(r["version"], r["state"], r["from"], r.get("note", ""), r["by"]) for r in rows[:3]],
                         [(back["version"], "live", "rollback", "more again", owner), (second["version"], "past", "draft", "less", owner),
                          (first["version"], "past", "draft", "for the weekend", owner)])
        got = self.shop.ok("rules.get", {"version": first["version"]})
        self.assertEqual([(f["name"], f["source"]) for f in got["files"]], [("tea.lua", TEA)])
        self.assertEqual((len(got["hash"]), len(got["signature"])), (64, 128))
        self.assertEqual([e["data"]["version"] for e in self.shop.ok("system.log.list", {"type": "scripts.rules.published", "limit": 50})["events"]][-3:],
                         [first["version"], second["version"], back["version"]])
        self.assertEqual(self.shop.verify().returncode, 0)

    def test_what_is_wrong_is_not_published(self):
        bad = self.draft(source="promotion { id = 'x', percant = 5 }\n")
        checked = self.shop.ok("rules.check", {"draft": bad})
        self.assertFalse(checked["ok"])
        self.assertEqual([(f["file"], f["line"], f["severity"], f["code"]) for f in checked["findings"]], [("tea.lua", 1, "error", "compile")])
        self.assertIn("percant", self.refused("rules.publish", {"draft": bad}, "rules_wrong", "draft"))
        failing = self.draft(source=FAILING)
        self.assertEqual(self.shop.ok("rules.test", {"draft": failing})["failed"], 1)
        self.assertIn("expected 2", self.refused("rules.publish", {"draft": failing}, "rules_test_failed", "draft"))
        self.assertEqual(self.total(), 1000)
        self.draft(source=TEA, draft=failing)
        self.shop.ok("rules.publish", {"draft": failing})
        self.assertEqual(self.total(), 500)

    def test_bad_input_is_named(self):
        nobody = "rds_" + "0" * 26
        draft = self.draft()
        for op in ("rules.draft.get", "rules.draft.drop", "rules.check", "rules.test", "rules.publish"):
            self.refused(op, {"draft": nobody}, "not_found", "draft", 404)
            self.refused(op, {"draft": "tea"}, "out_of_range", "draft", 400)
            self.refused(op, {}, "missing_field", "draft", 400)
        self.refused("rules.draft.put", {"draft": nobody, "name": "tea", "source": TEA}, "not_found", "draft", 404)
        self.refused("rules.draft.put", {"name": "../tea", "source": TEA}, "bad_input", "name", 400)
        self.refused("rules.draft.put", {"name": "a/tea", "source": TEA}, "bad_input", "name", 400)
        self.refused("rules.draft.put", {"name": "tea"}, "missing_field", "source", 400)
        self.refused("rules.draft.put", {"name": "tea", "source": "-" * 70000}, "out_of_range", "source", 400)
        for op in ("rules.get", "rules.rollback", "rules.cancel"):
            self.refused(op, {"version": 99}, "not_found", "version", 404)
            self.refused(op, {"version": 0}, "out_of_range", "version", 400)
        self.refused("rules.publish", {"draft": draft, "at": 1}, "out_of_range", "at", 400)
        live = self.shop.ok("rules.publish", {"draft": draft})["version"]
        self.refused("rules.rollback", {"version": live}, "already_live", "version")
        self.refused("rules.cancel", {"version": live}, "not_scheduled", "version")
        self.refused("rules.publish", {"draft": self.draft()}, "rules_same", "draft")
        self.refused("rules.canary", {"version": live}, "missing_field", "share_ppm", 400)
        self.refused("rules.canary", {"share_ppm": 5}, "bad_input", "version", 400)
        self.refused("rules.canary", {"version": 99, "share_ppm": 5}, "not_found", "version", 404)
        self.refused("rules.canary", {"off": True, "version": 1}, "bad_input", "off", 400)

    def test_two_who_change_the_same_file_do_not_overwrite_each_other(self):
        mine, yours, other = self.draft(source=TEA), self.draft(source=TENTH), self.draft(name="cup", source=CUP)
        self.shop.ok("rules.publish", {"draft": mine})
        self.assertIn("tea.lua", self.refused("rules.publish", {"draft": yours}, "rules_moved", "draft"))
        self.assertEqual([f["code"] for f in self.shop.ok("rules.check", {"draft": yours})["findings"]], ["moved"])
        self.shop.ok("rules.publish", {"draft": other})
        self.assertEqual({r["id"] for r in self.shop.ok("scripts.rules.list")["rules"]}, {"tea-half", "cup-5"})
        self.shop.ok("rules.draft.drop", {"draft": yours})
        self.shop.ok("rules.publish", {"draft": self.draft(source="")})
        self.assertEqual([r["id"] for r in self.shop.ok("scripts.rules.list")["rules"]], ["cup-5"])

    def test_the_folder_is_taken_when_it_changed(self):
        self.write("tea.lua", TEA)
        self.again()
        self.assertEqual(self.total(), 500)
        before = self.shop.ok("rules.list")["live"]
        self.publish(source=TENTH)
        self.again()
        self.assertEqual(self.total(), 900, "the folder is as it was taken, so what was published stays")
        self.write("tea.lua", "promotion { id = \n")
        self.again()
        self.assertEqual(self.total(), 900, "a wrong folder keeps the version in force")
        self.assertIn("tea.lua", self.shop.log_text())
        self.assertEqual(self.shop.call("scripts.rules.reload")[0], 400)
        self.write("tea.lua", TEA.replace("50", "20"))
        self.shop.ok("scripts.rules.reload")
        self.assertEqual(self.total(), 800)
        row = self.shop.ok("rules.list")["versions"][0]
        self.assertEqual((row["version"], row["from"], row["note"]), (before + 2, "folder", "from the folder"))
        self.shop.ok("scripts.rules.reload")
        self.again()
        self.assertEqual(self.shop.ok("rules.list")["live"], before + 2, "nothing changed, so there is no new version")

    def test_a_version_waits_for_its_time(self):
        """S2-16: a version is scheduled, comes into force by itself, and can be taken back before."""
        now = self.shop.ok("shop.clock.get")["now"]
        hour = 3600 * 1000
        soon = self.publish(source=TEA, at=now + 24 * hour)
        self.assertEqual((soon["state"], soon["at"], self.total()), ("scheduled", now + 24 * hour, 1000))
        gone = self.publish(name="cup", source=CUP, at=now + 30 * hour)
        late = self.publish(source=TENTH, at=now + 48 * hour)
        clash = self.publish(name="cup", source=CUP.replace("percent = 5", "percent = 9"), at=now + 50 * hour)
        self.assertEqual(self.shop.ok("rules.cancel", {"version": gone["version"]})["state"], "cancelled")
        self.again()
        states = self.states()
        self.assertEqual([states[v["version"]] for v in (soon, gone, late, clash)], ["scheduled", "cancelled", "scheduled", "scheduled"])
        self.shop.ok("shop.clock.advance", {"ms": 25 * hour})
        self.until(self.total, 500)
        self.until(lambda: self.shop.ok("rules.list")["live"], soon["version"])
        cup = self.publish(name="cup", source=CUP)
        self.shop.ok("shop.clock.advance", {"ms": 24 * hour})
        self.until(lambda: self.states()[late["version"]], "missed")
        self.assertEqual(self.total(), 500, "somebody changed the same file after it was planned")
        self.assertIn("tea.lua", [r for r in self.shop.ok("rules.list")["versions"] if r["version"] == late["version"]][0]["problem"])
        self.shop.ok("shop.clock.advance", {"ms": 2 * hour})
        self.until(lambda: self.states()[clash["version"]], "missed")
        self.assertEqual(self.shop.ok("rules.list")["live"], cup["version"])
        self.assertEqual([e["data"]["version"] for e in self.shop.ok("system.log.list", {"type": "scripts.rules.missed", "limit": 50})["events"]],
                         [late["version"], clash["version"]])

    def test_a_scheduled_version_comes_on_top_of_what_came_meanwhile(self):
        now = self.shop.ok("shop.clock.get")["now"]
        soon = self.publish(source=TEA, at=now + 24 * 3600 * 1000)
        self.publish(name="cup", source=CUP)
        self.shop.ok("shop.clock.advance", {"ms": 25 * 3600 * 1000})
        self.until(self.total, 500)
        self.until(lambda: self.states()[soon["version"]], "past")
        self.assertEqual({r["id"] for r in self.shop.ok("scripts.rules.list")["rules"]}, {"tea-half", "cup-5"})
        row = self.shop.ok("rules.list")["versions"][0]
        self.assertEqual((row["from"], row["of"], row["state"]), ("schedule", soon["version"], "live"))

    def test_what_a_version_changed_ends_at_its_time(self):
        """S2-16: a promotion that begins and ends by itself, while others go on."""
        hour, now = 3600 * 1000, self.shop.ok("shop.clock.get")["now"]
        self.publish(source=TENTH)
        short = self.shop.ok("rules.publish", {"draft": self.draft(source=TEA), "at": now + 2 * hour, "until": now + 8 * hour, "note": "six hours"})
        row = [r for r in self.shop.ok("rules.list")["versions"] if r["version"] == short["version"]][0]
        self.assertEqual((row["state"], row["until"]), ("scheduled", now + 8 * hour))
        self.shop.ok("shop.clock.advance", {"ms": 3 * hour})
        self.until(self.total, 500)
        self.publish(name="cup", source=CUP)
        self.again()
        self.shop.ok("shop.clock.advance", {"ms": 6 * hour})
        self.until(self.total, 900)
        self.until(lambda: self.shop.ok("rules.list")["versions"][0]["from"], "end")
        row = self.shop.ok("rules.list")["versions"][0]
        self.assertEqual((row["of"], row["note"], row["state"]), (short["version"], "six hours", "live"))
        self.assertEqual({r["id"] for r in self.shop.ok("scripts.rules.list")["rules"]}, {"tea-half", "cup-5"})
        for body in ({"until": now}, {"until": now + 99 * hour, "at": now + 99 * hour}):
            self.refused("rules.publish", {"draft": self.draft(source=TEA), **body}, "out_of_range", "until", 400)

    def test_a_version_whose_end_came_first_does_not_begin(self):
        hour, now = 3600 * 1000, self.shop.ok("shop.clock.get")["now"]
        late = self.shop.ok("rules.publish", {"draft": self.draft(source=TEA), "at": now + hour, "until": now + 2 * hour})
        self.shop.ok("shop.clock.advance", {"ms": 3 * hour})
        self.until(lambda: self.states()[late["version"]], "missed")
        self.assertEqual(self.total(), 1000)
        self.assertIn("end came before", self.shop.ok("rules.list")["versions"][0]["problem"])

    def until(self, get, expected):
        deadline = time.monotonic() + 20
        while get() != expected and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(get(), expected)

    def test_a_share_of_carts_gets_other_rules(self):
        live = self.publish(source=TENTH)
        draft = self.draft(source=TEA)
        tried = self.shop.ok("rules.canary", {"draft": draft, "share_ppm": 500000, "note": "half of them"})
        quotes = [self.quote(id="ord_%026d" % i) for i in range(40)]
        totals = [q["total"] for q in quotes]
        self.assertEqual(set(totals), {900, 500})
        self.assertEqual(totals, [self.quote(id="ord_%026d" % i)["total"] for i in range(40)], "a cart keeps its rules")
        self.assertTrue(8 < totals.count(500) < 32, totals)
        self.again()
        self.assertEqual(totals, [self.quote(id="ord_%026d" % i)["total"] for i in range(40)], "also over a restart")
        self.assertEqual(self.shop.ok("rules.list")["canary"], tried["version"])
        self.assertEqual(self.states()[tried["version"]], "tried")
        self.shop.ok("rules.canary", {"off": True})
        self.assertEqual({self.quote(id="ord_%026d" % i)["total"] for i in range(40)}, {900})
        self.assertEqual(self.shop.ok("rules.list")["live"], live["version"])
        self.shop.ok("rules.publish", {"draft": draft})
        self.assertEqual(self.total(), 500)

    def sell(self, pieces=1, total=None):
        return self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 1000 * pieces}],
                                             "tenders": [{"kind": "cash", "amount": total}]})["order"]

    def test_a_version_is_computed_beside_and_charged_never(self):
        self.publish(source=TENTH)
        self.sell(total=900)
        self.shop.ok("shop.clock.advance", {"ms": 1000})
        beside = self.shop.ok("rules.shadow", {"draft": self.draft(source=TEA)})
        for pieces in (1, 2, 3):
            order = self.sell(pieces, total=900 * pieces)
        report = self.shop.ok("rules.shadow.report")
        self.assertEqual((report["version"], report["receipts"], report["changed"], report["dearer"]), (beside["version"], 3, 3, 0))
        self.assertEqual((report["total_live"], report["total_shadow"], report["discount_live"], report["discount_shadow"]), (5400, 3000, 600, 3000))
        self.assertEqual([(e["total_live"], e["total_shadow"]) for e in report["examples"]], [(2700, 1500), (1800, 1000), (900, 500)])
        self.assertEqual(report["examples"][0]["order"], order["id"])
        self.assertEqual(self.shop.ok("rules.shadow.report", {"from": order["at"] + 1})["receipts"], 0)
        self.assertEqual(self.shop.ok("rules.shadow.report", {"from": 1})["receipts"], 3, "never before it began")
        self.again()
        self.assertEqual(self.shop.ok("rules.shadow.report")["receipts"], 3)
        failing = 'promotion { id = "odd", offers = function(cart) return cart.lines[9].qty end }'
        self.shop.ok("shop.clock.advance", {"ms": 1000})
        self.shop.ok("rules.shadow", {"draft": self.draft(name="odd", source=failing)})
        for _ in range(6):
            self.sell(total=900)
        report = self.shop.ok("rules.shadow.report")
        self.assertEqual((report["receipts"], report["changed"], report["faults"]), (6, 0, 6))
        self.assertIn("odd.lua:1", report["fault"])
        self.assertEqual(self.shop.ok("system.log.list", {"type": "scripts.rule.quarantined"}).get("events", []), [])
        self.shop.ok("rules.shadow", {"off": True})
        self.assertEqual(self.shop.ok("rules.shadow.report"), {**self.shop.ok("rules.shadow.report"), "version": 0, "receipts": 0})
        for body, field in (({}, "version"), ({"off": True, "version": 1}, "off")):
            self.refused("rules.shadow", body, "bad_input", field, 400)
        self.refused("rules.shadow", {"version": 99}, "not_found", "version", 404)

    def test_an_old_version_answers_as_it_did(self):
        self.publish(source=TENTH)
        old = self.sell(total=900)
        self.publish(source=TEA)
        self.sell(total=500)
        explained = self.shop.ok("orders.explain", {"order": old["id"]})
        self.assertTrue(explained["reproduced"], explained)
        self.again()
        self.assertTrue(self.shop.ok("orders.explain", {"order": old["id"]})["reproduced"])

    def test_what_changed_is_shown_by_line(self):
        """S2-16: who changed what."""
        first = self.publish(source=TEA)["version"]
        second = self.publish(source=TENTH)["version"]
        got = self.shop.ok("rules.diff", {"a": first, "b": second})["files"]
        self.assertEqual([(f["name"], f["change"], f["added"], f["removed"]) for f in got], [("tea.lua", "changed", 1, 1)])
        self.assertEqual([(l["change"], l["text"]) for l in got[0]["lines"] if l["change"] != "same"],
                         [("removed", "    percent = 50,"), ("added", "    percent = 10,")])
        self.assertEqual(len(got[0]["lines"]), 6)
        draft = self.draft(name="cup", source=CUP)
        got = self.shop.ok("rules.diff", {"draft": draft})
        self.assertEqual([(f["name"], f["change"]) for f in got["files"]], [("cup.lua", "added")])
        self.draft(source="", draft=draft)
        self.assertEqual([(f["name"], f["change"]) for f in self.shop.ok("rules.diff", {"draft": draft})["files"]], [("cup.lua", "added"), ("tea.lua", "removed")])
        self.refused("rules.diff", {"a": first}, "bad_input", "b", 400)
        self.refused("rules.diff", {"a": 99, "b": first}, "not_found", "a", 404)
        self.refused("rules.diff", {"b": 99}, "not_found", "b", 404)
        self.refused("rules.diff", {"draft": "rds_" + "0" * 26}, "not_found", "draft", 404)

    def test_clashes_are_shown_before_somebody_approves(self):
        """S2-16: the clash report before approval."""
        self.publish(source=TEA)
        more = """
promotion { id = "all-5", percent = 5 }
promotion { id = "tea-sku", where = { sku = "TEA" }, percent = 5, group = "tea" }
promotion { id = "cups", where = { category = "cups" }, percent = 5 }
promotion { id = "alone", where = { category = "tea" }, percent = 5, exclusive = true }
promotion { id = "web", where = { category = "tea" }, percent = 5, channel = "web", hours = "09:00-10:00" }
promotion { id = "web-later", where = { category = "tea" }, percent = 5, channel = "web", hours = "10:00-11:00" }
"""
        draft = self.draft(name="more", source=more)
        pairs = lambda **ask: {(c["a"]["rule"], c["b"]["rule"]): c["reason"] for c in self.shop.ok("rules.clashes", ask).get("clashes", [])}
        found = pairs(draft=draft)
        self.assertEqual(found[("web", "tea-half")], "both are on the category tea")
        self.assertEqual(found[("all-5", "cups")], "one of them is on all goods")
        self.assertIn(("tea-sku", "tea-half"), found)
        rows = [(c["certain"], c["reason"]) for c in self.shop.ok("rules.clashes", {"draft": draft})["clashes"]]
        self.assertEqual([certain for certain, _ in rows], sorted([certain for certain, _ in rows], reverse=True), "the certain ones first")
        self.assertIn((False, "an article may be what both are on"), rows)
        self.assertNotIn(("web", "web-later"), found)
        self.assertNotIn(("cups", "tea-half"), found)
        self.assertFalse([pair for pair in found if "alone" in pair], "an exclusive one says what is to happen")
        self.assertEqual(pairs(), {})
        self.refused("rules.clashes", {"draft": "rds_" + "0" * 26}, "not_found", "draft", 404)

    def test_doubtful_things_are_said(self):
        doubtful = """
local lost = 1
promotion { id = "half", offers = function(cart) return {{ kind = "amount", amount = cart.total / 2 }} end }
"""
        draft = self.draft(source=doubtful)
        found = [(f["line"], f["severity"], f["code"]) for f in self.shop.ok("rules.check", {"draft": draft})["findings"]]
        self.assertEqual(sorted(found), [(2, "warning", "unused"), (3, "error", "fraction"), (3, "warning", "division"), (3, "warning", "untested")])
        self.assertIn("fraction", self.refused("rules.publish", {"draft": draft}, "rules_wrong", "draft"))
        self.draft(source=doubtful.replace("/", "//"), draft=draft)
        self.assertTrue(self.shop.ok("rules.check", {"draft": draft})["ok"])
        self.shop.ok("rules.publish", {"draft": draft})

    def test_a_tried_rule_that_fails_is_switched_off_for_itself(self):
        self.publish(source=TENTH)
        odd = 'promotion { id = "odd", offers = function(cart) return cart.lines[9].qty end }'
        self.shop.ok("rules.canary", {"draft": self.draft(name="odd", source=odd), "share_ppm": 1000000})
        quotes = [self.quote(id="ord_%026d" % i) for i in range(7)]
        self.assertEqual([(q["total"], len(q.get("faults", []))) for q in quotes], [(900, 1)] * 5 + [(900, 0)] * 2)
        self.sell(total=900)
        told = lambda: [e["data"]["rule"] for e in self.shop.ok("system.log.list", {"type": "scripts.rule.quarantined"}).get("events", [])]
        self.until(told, ["odd"])
        self.assertEqual([r["state"] for r in self.shop.ok("scripts.rules.list")["rules"]], ["on"], "the rules in force have nothing to do with it")

    def test_publishing_takes_a_second_person_where_the_policy_says_so(self):
        """S2-16: the one who writes and the one who approves."""
        self.shop.ok("identity.role.put", {"code": "merchant", "permissions": ["rules.read", "rules.draft", "rules.publish"]})
        self.shop.ok("identity.role.put", {"code": "manager", "permissions": ["approvals.rules"]})
        self.shop.ok("identity.policy.put", {"act": "rules.publish", "above": 0, "permission": "approvals.rules"})
        merchant, manager, cashier = (self.shop.make_key(role) for role in ("merchant", "manager", "cashier"))
        self.assertEqual(self.shop.call("rules.draft.put", {"name": "tea", "source": TEA}, key=cashier)[0], 403)
        self.assertEqual(self.shop.call("rules.list", {}, key=cashier)[0], 403)
        draft = self.shop.ok("rules.draft.put", {"name": "tea", "source": TEA}, key=merchant)["draft"]
        status, problem = self.shop.call("rules.publish", {"draft": draft}, key=merchant, idem="p-1")
        self.assertEqual((status, problem["code"]), (409, "approval_needed"), problem)
        request = problem["approval"]["request"]
        self.shop.ok("identity.approval.give", {"request": request}, key=manager)
        status, answer = self.shop.call("rules.publish", {"draft": draft}, key=merchant, idem="p-1", headers={"Merx-Approval": request})
        self.assertEqual((status, self.total()), (200, 500), answer)

    def test_versions_come_along_with_a_backup(self):
        first = self.publish(source=TEA)
        self.publish(source=TENTH)
        target = os.path.join(self.shop.folder, "copy.merx")
        done = self.shop.run("backup", "--data", self.shop.data, "--out", target)
        self.assertEqual(done.returncode, 0, done.stderr)
        restored = os.path.join(self.shop.folder, "restored")
        done = self.shop.run("restore", "--data", restored, "--key-file", self.shop.data + ".key", "--from", target)
        self.assertEqual(done.returncode, 0, done.stderr)
        other = merx.Shop(folder=self.shop.folder)
        other.data, other.owner_key = restored, self.shop.owner_key
        other.serve()
        self.addCleanup(other.stop)
        self.assertEqual([(r["version"], r["state"]) for r in other.ok("rules.list")["versions"]][:2], [(first["version"] + 1, "live"), (first["version"], "past")])
        self.assertEqual([r["id"] for r in other.ok("scripts.rules.list")["rules"]], ["tea-half"])
        self.assertEqual(other.verify().returncode, 0)


if __name__ == "__main__":
    unittest.main()
