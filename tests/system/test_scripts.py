"""Rule files of every kind in a running shop: tiers, rewards, listeners, schedules, tests, and what becomes of their effects."""

import os
import time
import unittest

import merx

TIERS = """
tier { code = "silver", rank = 1, when = function(member) return member.spent_minor >= 5000 end }
tier { code = "gold", rank = 2, when = function(member) return member.spent_minor >= 9000 and member.orders >= 2 end }
"""

REWARDS = """
reward { id = "cup", name = { en = "A cup" }, points = 500 }
reward { id = "pot", points = 900, when = function(member) return member.tier == "gold" end }
"""

WELCOME = """
on("membership.joined", function(event, shop)
  shop.run("membership.tier.put", { member = event.data.member, tier = "welcome", reason = "just joined" })
end)
"""

REFUSED = """
on("membership.joined", function(event, shop)
  shop.run("membership.tier.put", { member = event.data.member, tier = "Not A Tier", reason = "wrong" })
  shop.run("identity.role.list", {})
  shop.run("loyalty.points.earn", {})
  shop.run("membership.tier.put", { member = event.data.member, tier = "after", reason = "goes on" })
end)
"""


class Scripts(unittest.TestCase):
    def setUp(self):
        self.shop = merx.Shop()
        self.addCleanup(self.shop.stop)
        self.shop.init(zone="UTC")
        self.rules = os.path.join(self.shop.folder, "rules")
        os.mkdir(self.rules)
        self.shop.serve(args=["--rules", self.rules])
        self.shop.ok("shop.settings.put", {"practice": True})  # tests move the clock
        self.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
        self.shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 1000, "unit": "piece", "category": "tea", "tax_ppm": 0})
        self.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "TEA", "qty": 90000}]})

    def write(self, name, text):
        with open(os.path.join(self.rules, name), "w", encoding="utf-8") as file:
            file.write(text)

    def load(self, **files):
        for name, text in files.items():
            self.write(name + ".lua", text)
        return self.shop.ok("scripts.rules.reload")

    def join(self, phone="13900000000"):
        return self.shop.ok("membership.join", {"phone": phone, "name": "Somebody"})["member"]["id"]

    def tier(self, member):
        return self.shop.ok("membership.get", {"id": member})["member"]["tier"]

    def sell(self, member, pieces):
        return self.shop.ok("orders.place", {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "TEA", "qty": pieces * 1000}],
                                             "tenders": [{"kind": "cash", "amount": pieces * 1000}]})["order"]

    def until(self, look, wanted, what):
        """Wait for what happens behind a commit."""
        for _ in range(600):
            if look() == wanted:
                return
            time.sleep(0.02)
        self.assertEqual(look(), wanted, what)

    def test_a_tier_is_earned_in_the_sale_and_lost_with_the_return(self):
        self.load(tiers=TIERS)
        member = self.join()
        self.assertEqual(self.tier(member), "basic")
        first = self.sell(member, 6)
        self.assertEqual(self.tier(member), "silver")
        self.sell(member, 3)
        self.assertEqual(self.tier(member), "gold")
        why = self.shop.ok("membership.tier.explain", {"member": member})
        self.assertEqual((why["tier"], why["rule"], why["by_hand"]), ("gold", "gold", False))
        self.assertEqual(why["counters"], [{"name": "spent_minor", "value": 9000}, {"name": "orders", "value": 2}, {"name": "visits", "value": 1}])
        self.shop.ok("orders.return", {"location": "store-1", "reason": "taste", "lines": [{"order": first["id"], "line": 1, "qty": 5000}]})
        self.assertEqual(self.tier(member), "basic")
        changes = [(e["data"]["from"], e["data"]["tier"]) for e in self.shop.ok("system.log.list", {"type": "membership.tier.changed", "limit": 500})["events"]]
        self.assertEqual(sorted(changes), sorted([("basic", "silver"), ("silver", "gold"), ("gold", "basic")]))

    def test_a_tier_given_by_hand_stays_until_it_is_taken_back(self):
        self.load(tiers=TIERS)
        member = self.join()
        self.shop.ok("membership.tier.put", {"member": member, "tier": "black", "reason": "a friend of the house"})
        self.sell(member, 6)
        why = self.shop.ok("membership.tier.explain", {"member": member})
        self.assertEqual((why["tier"], why["by_hand"], why["reason"]), ("black", True, "a friend of the house"))
        self.shop.ok("membership.tier.put", {"member": member, "tier": "basic", "reason": "as everybody"})
        self.sell(member, 1)
        self.assertEqual(self.tier(member), "silver")

    def test_rewards_are_listed_as_the_rules_say(self):
        self.load(rewards=REWARDS)
        member = self.join()
        ids = lambda: [reward["id"] for reward in self.shop.ok("loyalty.rewards.list", {"member": member})["rewards"]]
        self.assertEqual(ids(), ["cup"])
        self.shop.ok("membership.tier.put", {"member": member, "tier": "gold", "reason": "test"})
        self.assertEqual(ids(), ["cup", "pot"])
        self.assertEqual(self.shop.call("loyalty.rewards.list", {"member": "mem_00000000000000000000000000"})[0], 404)

    def test_an_event_is_heard_and_its_effect_is_a_command_of_its_own(self):
        self.load(welcome=WELCOME)
        member = self.join()
        self.until(lambda: self.tier(member), "welcome", "the effect of the rule")
        self.until(lambda: self.shop.ok("scripts.effects.list").get("effects", []), [], "nothing is left waiting")

    def test_a_refused_effect_is_listed_and_holds_nobody_up(self):
        self.load(refused=REFUSED)
        member = self.join()
        self.until(lambda: self.tier(member), "after", "the effect behind the refused ones")
        refused = lambda: sorted((e["op"], e["state"]) for e in self.shop.ok("scripts.effects.list")["effects"])
        self.until(refused, [("identity.role.list", "refused"), ("loyalty.points.earn", "refused"), ("membership.tier.put", "refused")], "the refused ones")
        for effect in self.shop.ok("scripts.effects.list")["effects"]:
            self.assertTrue(effect["problem"], effect)
            self.assertEqual(effect["rule"], "refused.on.1")

    def test_each_of_many_refused_effects_says_why(self):
        self.load(many='for i = 1, 3 do\n  on("membership.joined", function(event, shop)\n    for k = 1, 50 do\n'
                       '      shop.run("membership.tier.put", { member = event.data.member, tier = "Not A Tier", reason = "wrong" })\n    end\n  end)\nend\n')
        self.join()
        listed = lambda: self.shop.ok("scripts.effects.list", {"limit": 200}).get("effects", [])
        self.until(lambda: [e["state"] for e in listed()], ["refused"] * 150, "all are refused at once")
        self.assertEqual({e["problem"] for e in listed()}, {"The code of a tier has letters a-z, digits, underscores and dashes."})

    def test_rules_that_ask_for_too_much_hold_nobody_up(self):
        self.load(much='for i = 1, 200 do\n  on("membership.joined", function(event, shop)\n    for k = 1, 50 do\n'
                       '      shop.run("membership.tier.put", { member = event.data.member, tier = "Not A Tier", reason = "wrong" })\n    end\n  end)\nend\n',
                  welcome=WELCOME.replace("joined\"", "tier.changed\"").replace('"welcome"', '"after"'))
        member = self.join()
        self.shop.ok("membership.tier.put", {"member": member, "tier": "other", "reason": "the next event"})
        self.until(lambda: self.tier(member), "after", "the effect of another rule")

    def test_a_refused_effect_can_be_tried_again_or_given_up(self):
        self.load(late='on("membership.joined", function(event, shop)\n  for i = 1, 2 do\n'
                       '    shop.run("membership.tier.put", { member = event.data.member, tier = "late", reason = "r", if_rev = 2 })\n  end\nend)\n')
        member = self.join()
        refused = lambda: [e["id"] for e in self.shop.ok("scripts.effects.list").get("effects", []) if e["state"] == "refused"]
        self.until(lambda: len(refused()), 2, "both are refused")
        first, second = refused()
        self.shop.ok("membership.tier.put", {"member": member, "tier": "basic", "reason": "now it is at revision 2"})
        self.assertEqual(self.shop.ok("scripts.effect.retry", {"effect": first})["state"], "waiting")
        self.until(lambda: self.tier(member), "late", "the second attempt")
        self.shop.ok("scripts.effect.retry", {"effect": second})
        self.until(refused, [second], "it is refused again")
        self.assertEqual(self.shop.ok("scripts.effect.drop", {"effect": second})["id"], second)
        self.assertEqual(self.shop.ok("scripts.effects.list").get("effects", []), [])
        self.assertEqual(self.shop.call("scripts.effect.drop", {"effect": second})[0], 404)

    def test_a_schedule_that_came_with_the_start_needs_no_event(self):
        member = self.join()
        self.shop.kill()
        self.write("tick.lua", 'every("15m", function(now, shop)\n  shop.run("membership.tier.put", { member = "%s", tier = "timely", reason = "time" })\nend)\n' % member)
        self.shop.serve(args=["--rules", self.rules])
        self.shop.ok("shop.clock.advance", {"ms": 901000})
        self.until(lambda: self.tier(member), "timely", "the first time after the start")

    def test_what_rules_did_is_not_told_to_rules(self):
        self.load(circle='on("membership.*", function(event, shop)\n'
                         '  shop.run("membership.tier.put", { member = event.data.member, tier = "n" .. event.seq, reason = "round" })\nend)\n')
        member = self.join()
        self.until(lambda: self.tier(member) != "basic", True, "the effect")
        self.join("13900000001")
        self.until(lambda: self.shop.ok("scripts.effects.list").get("effects", []), [], "nothing is left waiting")
        changes = [e for e in self.shop.ok("system.log.list", {"type": "membership.tier.changed", "limit": 500})["events"] if e["data"]["member"] == member]
        self.assertEqual(len(changes), 1)

    def test_a_schedule_keeps_its_time_over_a_restart(self):
        member = self.join()
        self.load(tick='every("15m", function(now, shop)\n'
                       '  shop.run("membership.tier.put", { member = "%s", tier = "t" .. now.minute // 60, reason = "time" })\nend)\n' % member)
        self.assertEqual(self.tier(member), "basic")
        self.shop.ok("shop.clock.advance", {"ms": 901000})
        self.until(lambda: self.tier(member), "t0", "the first time")
        self.shop.ok("membership.tier.put", {"member": member, "tier": "basic", "reason": "test"})
        self.shop.kill()
        self.shop.serve(args=["--rules", self.rules])
        self.assertEqual(self.tier(member), "basic")
        self.shop.ok("shop.clock.advance", {"ms": 5 * 901000})
        self.until(lambda: self.tier(member), "t0", "once for the times that passed")
        os.remove(os.path.join(self.rules, "tick.lua"))
        self.shop.ok("scripts.rules.reload")
        self.shop.ok("membership.tier.put", {"member": member, "tier": "basic", "reason": "test"})
        self.shop.ok("shop.clock.advance", {"ms": 901000})
        self.join("13900000001")
        self.assertEqual(self.tier(member), "basic")

    def test_a_set_with_a_failing_test_is_refused(self):
        good = 'promotion { id = "tea", where = { category = "tea" }, percent = 10 }\n'
        self.load(tea=good + 'test("ten", function(t)\n  local offers = t.offers("tea", { lines = { { sku = "A", category = "tea", unit_price = 100 } } })\n'
                             '  t.equal(#offers, 1)\n  t.equal(offers[1].ppm, 100000)\nend)\n')
        self.write("tea.lua", good + 'test("five", function(t)\n  local offers = t.offers("tea", { lines = { { sku = "A", category = "tea", unit_price = 100 } } })\n'
                                     '  t.equal(offers[1].ppm, 50000, "percent")\nend)\n')
        status, answer = self.shop.call("scripts.rules.reload")
        self.assertEqual(status, 400, answer)
        self.assertEqual(answer["detail"], "tea.lua:4: test 'five': percent: expected 50000, got 100000")
        report = self.shop.ok("scripts.rules.test")
        self.assertEqual((report["passed"], report["failed"]), (0, 1))
        self.assertEqual((report["tests"][0]["file"], report["tests"][0]["name"]), ("tea.lua", "five"))

    def test_a_rule_that_fails_five_times_is_told_in_the_log_and_can_be_restored(self):
        self.load(bad='tier { code = "odd", rank = 1, when = function(member) return member.spnt_minor > 1 end }\n')
        member = self.join()
        for _ in range(5):
            self.sell(member, 1)
        row = lambda: [(r["kind"], r["state"], r["faults"]) for r in self.shop.ok("scripts.rules.list")["rules"]]
        self.assertEqual(row(), [("tier", "off", 5)])
        told = lambda: [e["data"]["rule"] for e in self.shop.ok("system.log.list", {"type": "scripts.rule.quarantined", "limit": 500})["events"]]
        self.until(told, ["odd"], "the log says so")
        self.assertIn("did you mean 'spent_minor'?", self.shop.log_text())
        self.shop.ok("scripts.rule.restore", {"rule": "odd"})
        self.assertEqual(row(), [("tier", "on", 0)])
        self.assertEqual(self.shop.call("scripts.rule.restore", {"rule": "none"})[0], 404)


if __name__ == "__main__":
    unittest.main()
