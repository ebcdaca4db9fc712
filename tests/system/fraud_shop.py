"""A shop with honest staff, for the fraud stories: baskets of real receipts (tests/data/online-retail), sold over some days by people who
take goods back, mistype, let carts wait, cash coupons in and give something off, as often as that happens in a decent shop."""

import gzip
import os
import random
import threading

import merx
from customers import CustomerTest, new_phone

DAYS = 5
DAY = 24 * 3600 * 1000
HONEST = 10
ORDERS = merx.fewer(10000, 3000)
PLACE = "store-1"
CASH = [{"kind": "cash", "amount": 100000000}]
RULES = 'promotion { id = "spring", name = { en = "Spring" }, coupon = "SPRING", percent = 10 }\n' \
        'promotion { id = "welcome", name = { en = "Welcome" }, coupon = true, percent = 20 }\n'


def baskets():
    """Up to three lines of each sale of the sample: (article, pieces, price in pence)."""
    with gzip.open(os.path.join(merx.ROOT, "tests", "data", "online-retail", "invoices.txt.gz"), "rt", encoding="utf-8") as file:
        for text in file:
            number, _, _, lines = text.rstrip("\n").split("|")
            parts = [part.rsplit(",", 2) for part in lines.split(";")]
            goods = [(sku, min(int(qty), 6), int(price) // 10) for sku, qty, price in parts if int(qty) > 0 and int(price) >= 10]
            if goods and not number.startswith("C"):
                yield goods[:3]


class Worker:
    """Somebody of the staff, with a key and a till of her own."""

    def __init__(self, shop, login, role="cashier", place=PLACE, **more):
        self.shop, self.login, self.place, self.till = shop, login, place, "till-" + login
        self.id = shop.ok("identity.staff.put", {"name": login, "login": login, "role": role, **more})["staff"]["id"]
        key = shop.ok("identity.key.create", {"principal": self.id})["key"]["id"]
        self.key = shop.ok("identity.key.reveal", {"id": key})["text"]

    def call(self, op, body=None, **more):
        return self.shop.call(op, body, key=self.key, **more)

    def ok(self, op, body=None, **more):
        return self.shop.ok(op, body, key=self.key, **more)

    def sale(self, lines, **more):
        lines = [{"sku": line[0], "qty": line[1] * 1000} if isinstance(line, tuple) else line for line in lines]
        return {"channel": "till", "location": self.place, "till": self.till, "lines": lines, "tenders": CASH, **more}

    def sell(self, lines, **more):
        return self.ok("orders.place", self.sale(lines, **more))["order"]

    def back(self, order, line=1, **more):
        return {"location": self.place, "till": self.till, "reason": "did not like it", **more,
                "lines": [{"order": order["id"], "line": line, "qty": order["lines"][line - 1]["qty"]}]}

    def take_back(self, order, line=1):
        return self.ok("orders.return", self.back(order, line))


class FraudShop(CustomerTest):
    settings = {"currency": "GBP", "digits": 2}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(52)
        cls.baskets = list(baskets())[:150]
        for place in (PLACE, "store-2"):
            cls.shop.ok("inventory.location.put", {"id": place, "name": {"en": place}, "zone": "Europe/London"})
        cls.prices = {sku: price for goods in cls.baskets for sku, _, price in goods}
        for sku, price in cls.prices.items():
            cls().product(sku, price=price, below_zero=True)
        cls.shop.ok("rules.publish", {"draft": cls.shop.ok("rules.draft.put", {"name": "coupons", "source": RULES})["draft"], "note": "coupons"})
        cls.shop.ok("identity.role.put", {"code": "cashier", "permissions": ["orders.price_override", "orders.return_no_receipt"]})
        cls.shop.ok("identity.role.put", {"code": "manager", "permissions": ["approvals.refund", "approvals.points", "pii.read"]})
        cls.shop.ok("identity.policy.put", {"act": "orders.refund", "above": 50000, "permission": "approvals.refund"})
        cls.shop.ok("identity.policy.put", {"act": "loyalty.grant", "above": 1000, "permission": "approvals.points"})
        cls.shop.ok("wallet.settings.put", {"cash_out_max": 500})
        cls.shop.ok("loyalty.settings.put", {"minor_per_point": 100, "burn_minor_per_point": 1})
        cls.members = [cls.shop.ok("membership.join", {"phone": new_phone(), "name": "Ann"})["member"]["id"] for _ in range(merx.fewer(1000, 100))]
        cls.honest = [Worker(cls.shop, "honest-%d" % number) for number in range(HONEST)]
        cls.managers = [Worker(cls.shop, "manager-%d" % number, "manager") for number in range(2)]
        cls.thieves, cls.failed = {}, []

    @classmethod
    def thief(cls, name, role="cashier", **more):
        cls.thieves[name] = Worker(cls.shop, name, role, **more)
        return cls.thieves[name]

    # ---- decent work ----

    def basket(self, chance):
        return [(sku, qty) for sku, qty, _ in chance.choice(self.baskets)]

    def one_honest(self, worker, chance, sold):
        """One customer at the till, and now and then what goes with it; `sold`: orders of the days before, to be taken back."""
        lines, more = self.basket(chance), {}
        if chance.random() < 0.4:
            more["member"] = chance.choice(self.members)
        if chance.random() < 0.03:
            more["coupons"] = ["SPRING"]
        if chance.random() < 0.01:
            sku = lines[0][0]
            lines[0] = {"sku": sku, "qty": 1000, "price": max(1, self.prices[sku] * 9 // 10), "reason": "a scratch"}
        if chance.random() < 0.01:
            held = worker.ok("orders.hold", worker.sale(lines, **more))["held"]
            if chance.random() < 0.2:
                worker.ok("orders.held.drop", {"held": held})
                return None
            more["held"] = held
        order = worker.sell(lines, **more)
        if chance.random() < 0.002:
            worker.take_back(order)
            return None
        if sold and chance.random() < 0.04:
            worker.take_back(sold.pop(chance.randrange(len(sold))))
        if chance.random() < 0.002:
            worker.ok("orders.return", {"location": worker.place, "till": worker.till, "reason": "a present", "lines": [{"sku": lines[0]["sku"] if isinstance(lines[0], dict) else lines[0][0], "qty": 1000}]})
        return order

    def honest_day(self, seed, workers, count, sold, kept):
        """`count` customers at each till; sold: what may be taken back today; kept: what was sold."""
        for worker in workers:
            chance = random.Random("%d %s" % (seed, worker.login))
            for _ in range(count):
                order = self.one_honest(worker, chance, sold)
                if order:
                    kept.append(order)

    def day(self, seed, old, stories):
        """All tills are open, the stories happen meanwhile. -> the day's orders"""
        staff, kept = self.honest + [worker for worker in self.thieves.values() if worker.login.startswith("till")], []
        count = max(1, ORDERS // DAYS // len(staff))

        def guarded(work, *args):
            try:
                work(*args)
            except BaseException as failure:  # the main thread must hear of anything
                self.failed.append(failure)

        shares = [(staff[at::4], old[at::4]) for at in range(4)]
        threads = [threading.Thread(target=guarded, args=(self.honest_day, seed, workers, count, sold, kept)) for workers, sold in shares]
        for thread in threads:
            thread.start()
        for story in stories:
            guarded(story)
        for thread in threads:
            thread.join()
        return kept
