"""A shop with a small range, and short ways to sell and return, for the tests of orders and payments."""

import os

import merx


class OrdersTest(merx.ShopTest):
    rules = None

    @classmethod
    def setUpClass(cls):
        cls.shop = merx.Shop()
        try:
            cls.shop.init(**cls.settings)
            if cls.rules:
                os.makedirs(os.path.join(cls.shop.data, "rules"), exist_ok=True)
                with open(os.path.join(cls.shop.data, "rules", "test.lua"), "w") as file:
                    file.write(cls.rules)
            cls.shop.serve(args=cls.serve_args())
            cls.fill()
        except BaseException:
            cls.shop.stop()
            raise

    @classmethod
    def serve_args(cls):
        return []

    @classmethod
    def fill(cls):
        test = cls()
        test.location()
        test.product("TEA", price=1990, stock=1000)
        test.product("TEA-0", price=0, stock=1000)
        test.product("LEAF", price=2399, unit="kg", tax_ppm=0)
        cls.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "LEAF", "qty": 100000}]})
        test.product("GIFTWRAP", price=300, stocked=False, category="service")
        test.product("SHIRT", price=6000, stock=1000, tags=["shirt"])
        test.product("SHIRT-2", price=4000, stock=1000, tags=["shirt"])
        test.product("BROKEN", price=100, stock=1000)
        test.product("OLD", price=100, stock=10)
        cls.shop.ok("catalog.product.put", {"sku": "OLD", "state": "retired"})
        cls.member = cls.shop.ok("membership.join", {"phone": "+8613800000001", "name": "A"})["member"]["id"]
        cls.cashier = cls.shop.make_key("cashier")

    def sale(self, *lines, cash=10000000, **more):
        lines = [{"sku": line[0], "qty": line[1]} if isinstance(line, tuple) else line for line in lines]
        body = {"channel": "till", "location": "store-1", "lines": lines, "tenders": [{"kind": "cash", "amount": cash}] if cash else []}
        body.update(more)
        return {name: value for name, value in body.items() if value is not None}

    def quote(self, *lines, **more):
        body = self.sale(*lines, **more)
        del body["tenders"]
        return self.shop.ok("orders.quote", body)["order"]

    def place(self, *lines, **more):
        return self.shop.ok("orders.place", self.sale(*lines, **more))

    def stock(self, sku):
        return self.shop.ok("inventory.stock", {"sku": sku, "location": "store-1"})["on_hand"]

    def orders(self, **more):
        return self.shop.ok("orders.list", {"location": "store-1", "limit": 500, **more})["orders"]

    def give_back(self, *lines, **more):
        """orders.return -> the return."""
        return self.shop.ok("orders.return", self.back(*lines, **more))["return"]

    def back(self, *lines, **more):
        body = {"location": "store-1", "reason": "did not fit", "lines": list(lines)}
        body.update(more)
        return body

    def points(self):
        return self.shop.ok("loyalty.points.balance", {"member": self.member})["points"]

    def verified(self):
        done = self.shop.verify()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
