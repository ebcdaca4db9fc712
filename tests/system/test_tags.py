"""Tags that rules give behind each event: with reason, rule and version, exactly once, and dropped when they are true no longer."""

import unittest

from insight_shop import DAY, InsightTest

RULES = """
tag {
  code = "sensitive-natural",
  when = function(c)
    local spent = c.count("spent_minor", 30)
    return c.asked("sensitive-skin", 90) >= 1 and c.asked("natural-ingredients", 90) >= 1 and spent >= 200000,
           "asked for both and spent " .. spent // 100 .. " in 30 days"
  end,
}
tag { code = "interested", when = function(c) return c.dwell("page", "SERUM", 7) > 180000, "more than three minutes before the serum" end }
tag { code = "sun-then-primer", path = { "page:sunscreen", "page:primer" }, within_minutes = 30 }
tag {
  code = "worried",
  when = function(c)
    local times = c.asked("sensitive-skin", 90)
    return times >= 3, "asked " .. times .. " times"
  end,
}
tag {
  code = "loves-leaf",
  when = function(c)
    local share = c.score("affinity:brand:leaf")
    return share ~= nil and share >= 800000, "buys leaf"
  end,
}
tag {
  code = "likes-offers",
  when = function(c) return (c.score("promotion_ppm") or 0) >= 300000, "buys on offer" end,
}
tag { code = "told", purpose = "marketing", when = function(c) return c.did("page", "news") > 0, "read the news" end }
promotion { id = "half", where = { sku = "DEAL" }, percent = 50 }
"""


class Tags(InsightTest):
    rules = RULES

    def held(self, member, tag):
        return [one for one in self.shop.ok("insight.tags", {"member": member, "history": True})["tags"] if one["tag"] == tag][0]

    def test_sensitive_natural_and_two_thousand_a_month(self):
        """S0-26: set by events over orders and questions, with reason, time, rule and version; gone when a return takes the ground away."""
        member = self.member()
        self.product("CREAM", price=210000, stock=10)
        self.did(member, "chat", text="Is it good for sensitive skin?")
        self.did(member, "ask", "natural-ingredients")
        order = self.buy(member, ("CREAM", 1))
        self.wait_tags(member, "sensitive-natural")
        tag = self.held(member, "sensitive-natural")
        self.assertEqual((tag["reason"], tag["rule"]), ("asked for both and spent 2100 in 30 days", "sensitive-natural"))
        self.assertTrue(tag["version"] and tag["since"])
        self.assertGreater(tag["review_at"], tag["since"] + 29 * DAY)
        self.shop.ok("orders.return", {"location": "store-1", "reason": "r", "lines": [{"order": order["id"], "line": 1, "qty": 1000}]})
        self.wait_tags(member)
        ended = self.shop.ok("insight.tags", {"member": member, "history": True})["history"]
        self.assertEqual([one["tag"] for one in ended], ["sensitive-natural"])
        self.assertGreaterEqual(ended[0]["until"], ended[0]["since"])

    def test_dwell_and_path(self):
        """S0-4: more than three minutes on a page; from sunscreen to primer in one visit, in that order."""
        member, other = self.member(), self.member()
        self.did(member, "page", "SERUM", dwell_ms=180000, session="v")
        self.did(member, "page", "SERUM", dwell_ms=1, session="v")
        self.wait_tags(member, "interested")
        self.did(other, "page", "primer", session="w")
        self.did(other, "page", "sunscreen", session="w")
        self.did(other, "page", "primer", session="x")
        self.assertEqual(self.tags(other), [])
        self.did(other, "page", "primer", session="w")
        self.wait_tags(other, "sun-then-primer")
        self.assertEqual(self.held(other, "sun-then-primer")["reason"], "page:sunscreen > page:primer")

    def test_asking_again_and_again(self):
        """S0-6: the same intent three times, in any words."""
        member = self.member()
        for text in ("OK for sensitive skin?", "敏感肌可以用吗", "I am allergic to many things"):
            self.assertEqual(self.tags(member), [])
            self.did(member, "chat", text=text)
        self.wait_tags(member, "worried")
        self.assertEqual(self.held(member, "worried")["reason"], "asked 3 times")

    def test_brand_and_love_of_offers(self):
        """S0-5: always buys brand X; buys on offer."""
        member, saver = self.member(), self.member()
        self.product("LEAF-1", price=9000, stock=10, brand="leaf")
        self.product("NONE-1", price=1000, stock=10, brand="other")
        self.product("DEAL", price=1000, stock=10, brand="other")
        self.buy(member, ("LEAF-1", 1), ("NONE-1", 1))
        self.wait_tags(member, "loves-leaf")
        self.buy(saver, ("DEAL", 2))
        self.wait_tags(saver, "likes-offers")

    def test_members_without_consent_have_none(self):
        member = self.member(consents=False)
        self.did(member, "page", "SERUM", dwell_ms=200000)
        self.consent(member)
        self.did(member, "page", "SERUM", dwell_ms=180001)
        self.wait_tags(member, "interested")
        self.withdraw(member)
        answer = self.shop.ok("insight.tags", {"member": member})
        self.assertEqual(answer.get("tags", []), [])
        dropped = self.shop.ok("system.log.list", {"type": "insight.tag.dropped", "limit": 500})["events"]
        self.assertEqual([one["data"]["reason"] for one in dropped if one["data"]["member"] == member], ["There is no consent to it."])

    def test_another_purpose_needs_its_own_consent(self):
        member = self.member()
        self.did(member, "page", "news")
        self.did(member, "page", "SERUM", dwell_ms=200000)
        self.wait_tags(member, "interested")

    def test_each_tag_is_told_once(self):
        member = self.member()
        for _ in range(5):
            self.did(member, "page", "SERUM", dwell_ms=100000)
        self.wait_tags(member, "interested")
        since = self.held(member, "interested")["since"]
        self.did(member, "page", "other")
        self.until(6, lambda: len(self.shop.ok("insight.profile", {"member": member})["profile"]["recent"]))
        self.wait_tags(member, "interested")
        self.assertEqual(self.held(member, "interested")["since"], since)
        self.assertEqual(self.shop.ok("insight.tags", {"member": member, "history": True}).get("history", []), [])

    def test_members_of_a_tag_and_the_facts_of_a_sale(self):
        member = self.member()
        self.did(member, "page", "SERUM", dwell_ms=200000)
        self.wait_tags(member, "interested")
        page = self.shop.ok("insight.tag.list", {"tag": "interested", "limit": 500})
        self.assertIn(member, [one["member"] for one in page["members"]])
        view = self.shop.ok("membership.view", {"member": member})
        sections = {one["name"]: one.get("data") for one in view["sections"]} if isinstance(view.get("sections"), list) else view["sections"]
        self.assertEqual([one["tag"] for one in sections["tags"]["tags"]], ["interested"])


class TagsByTime(InsightTest):
    rules = 'tag { code = "seen", when = function(c) return c.did("page", "x", 5) > 0, "saw x" end }'

    def test_a_tag_ends_by_itself_when_its_window_has_moved_on(self):
        member = self.member()
        self.did(member, "page", "x")
        self.wait_tags(member, "seen")
        self.advance(6)
        self.wait_tags(member)

    def test_new_rules_ask_everybody_again(self):
        member = self.member()
        self.did(member, "page", "y")
        self.publish('tag { code = "seen-y", when = function(c) return c.did("page", "y") > 0, "saw y" end }')
        self.wait_tags(member, "seen-y")


if __name__ == "__main__":
    unittest.main()
