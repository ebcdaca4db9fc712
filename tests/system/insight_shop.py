"""A shop whose members have agreed to personalisation, and ways to wait for what follows behind the commit."""

import time

import merx

DAY = 86400000


class InsightTest(merx.ShopTest):
    rules = None
    phones = iter(range(13700000000, 13800000000))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "store-1"}, "zone": "Asia/Shanghai"})
        cls.shop.ok("privacy.text.put", {"purpose": "personalisation", "language": "en", "version": 1, "body": "We use what you do here to serve you."})
        cls.shop.ok("shop.settings.put", {"practice": True})
        if cls.rules:
            cls.publish(cls.rules)

    @classmethod
    def publish(cls, source):
        draft = cls.shop.ok("rules.draft.put", {"name": "tags", "source": source})["draft"]
        return cls.shop.ok("rules.publish", {"draft": draft, "note": "tags"})

    def member(self, consents=True, **more):
        member = self.shop.ok("membership.join", {"phone": "+86%d" % next(self.phones), "name": "Somebody", **more})["member"]["id"]
        if consents:
            self.consent(member)
        return member

    def consent(self, member):
        self.shop.ok("privacy.consent.give", {"member": member, "purpose": "personalisation", "language": "en", "version": 1, "source": "till"})

    def withdraw(self, member):
        self.shop.ok("privacy.consent.withdraw", {"member": member, "purpose": "personalisation", "source": "app"})

    def did(self, member, kind, subject=None, **more):
        return self.shop.ok("insight.behaviour.add", {"rows": [{"member": member, "kind": kind, **({"subject": subject} if subject else {}), **more}]})

    def buy(self, member, *lines, **more):
        """Sell (sku, pieces) lines to a member."""
        body = {"channel": "till", "location": "store-1", "member": member, "tenders": [{"kind": "cash", "amount": 1000000000}],
                "lines": [{"sku": sku, "qty": pieces * 1000} for sku, pieces in lines]}
        return self.shop.ok("orders.place", {**body, **more})["order"]

    def until(self, wanted, ask, what=""):
        """Ask until the answer is what is wanted: followers work behind the commit."""
        end = time.monotonic() + 20
        while True:
            got = ask()
            if got == wanted:
                return got
            if time.monotonic() > end:
                self.assertEqual(got, wanted, what)
            time.sleep(0.01)

    def tags(self, member):
        return [tag["tag"] for tag in self.shop.ok("insight.tags", {"member": member})["tags"]]

    def wait_tags(self, member, *tags):
        self.until(sorted(tags), lambda: self.tags(member), "tags")

    def advance(self, days):
        self.shop.ok("shop.clock.advance", {"ms": days * DAY})

    def scores(self, member):
        return self.shop.ok("insight.scores", {"member": member})

    def wait_orders(self, member, orders):
        self.until(orders, lambda: self.scores(member)["orders"], "orders that insight knows")

    def count(self, where, **more):
        return self.shop.ok("insight.segment.count", {"where": where, **more})["count"]

    def inside(self, where, **more):
        return self.shop.ok("insight.segment.members", {"where": where, **more})["members"]
