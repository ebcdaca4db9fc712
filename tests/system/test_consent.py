"""Consent is asked at each use: without it a rule reads nil and the order's proof says so (S0-31); what rests on it ends at once; nobody
pays more or joins less for saying no."""

import unittest

import consents
from insight_shop import InsightTest

RULES = """
tag { code = "tea-lover", when = function(c) return c.did("page", "TEA") > 0, "looked at tea" end }
promotion { id = "for-tea-lovers", name = { en = "For tea lovers" }, offers = function(cart)
  if cart.tags == nil then return nil end
  local lines = {}
  for _, tag in ipairs(cart.tags) do
    if tag == "tea-lover" then
      for _, line in ipairs(cart.lines) do table.insert(lines, { line = line.line, qty = line.qty }) end
    end
  end
  if #lines == 0 then return nil end
  return { { kind = "percent", percent = 10, lines = lines } }
end }
test("tags are read", function(t)
  local cart = { member = "mem_00000000000000000000000000", lines = { { sku = "TEA", qty = 1000, unit_price = 1000 } } }
  cart.tags = { "tea-lover" }
  assert(#t.offers("for-tea-lovers", cart) == 1)
  cart.tags, cart.withheld = nil, { "tags" }
  assert(#t.offers("for-tea-lovers", cart) == 0)
end)
"""


class Consent(InsightTest):
    rules = RULES

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls().product("TEA", price=1000, stock=100000)

    def why(self, member):
        """-> what she pays for tea, and why the rule made no offer."""
        order = self.buy(member, ("TEA", 1))
        proof = self.shop.ok("orders.explain", {"order": order["id"]})
        self.assertIn("same to the byte", proof["text"])
        return order["total"], proof["text"]

    def test_a_rule_that_reads_without_consent_gets_nil_and_the_proof_says_so(self):
        member = self.member()
        self.did(member, "page", "TEA")
        self.wait_tags(member, "tea-lover")
        self.assertEqual(self.why(member)[0], 900)
        self.withdraw(member)
        total, text = self.why(member)
        self.assertEqual(total, 1000)
        self.assertIn("asks for what she has not agreed to show", text)
        self.consent(member)
        self.did(member, "page", "TEA")
        self.wait_tags(member, "tea-lover")
        self.assertEqual(self.why(member)[0], 900)

    def test_who_never_agreed_is_a_customer_like_others(self):
        member = self.member(consents=False)
        self.did(member, "page", "TEA")
        total, text = self.why(member)
        self.assertEqual(total, 1000)
        self.assertEqual(self.tags(member), [])
        self.assertEqual(self.shop.ok("membership.get", {"id": member})["member"]["tier"], "basic")
        consents.agree(self.shop, member, "marketing", "sms")
        self.assertEqual(self.tags(member), [], "a yes to messages is none to personalisation")


if __name__ == "__main__":
    unittest.main()
