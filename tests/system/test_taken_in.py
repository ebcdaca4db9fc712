"""Orders that were sold elsewhere: taken in once, counted like every other, and taken out again. A small plugin asks for it, as an intake
does."""

import glob
import os
import shutil
import subprocess
import unittest

import merx

ASKER = r"""
#include "merx/plugin.h"
#include "merx/retail/order.h"

static mx_status take_in(struct mx_ctx *ctx, const void *in, void *out) { return mx_call(ctx, &mx_orders_take_in, in, out); }
static mx_status take_out(struct mx_ctx *ctx, const void *in, void *out) { return mx_call(ctx, &mx_orders_take_out, in, out); }

static const struct mx_op in_op = {.size = sizeof(struct mx_op), .name = "asker.in", .doc = "In.", .permission = "asker", .since = "0.4",
                                   .in = &mx_order_take_in_type, .out = &mx_order_taken_in_type, .handler = take_in};
static const struct mx_op out_op = {.size = sizeof(struct mx_op), .name = "asker.out", .doc = "Out.", .permission = "asker", .since = "0.4",
                                    .in = &mx_order_take_out_type, .out = &mx_order_taken_in_type, .handler = take_out};
static const struct mx_op *const ops[] = {&in_op, &out_op, NULL};
static const struct mx_use *const uses[] = {&mx_orders_take_in, &mx_orders_take_out, NULL};

MX_PLUGIN(asker) {
    static const struct mx_plugin plugin = {.size = sizeof(struct mx_plugin), .abi_major = MX_ABI_MAJOR, .abi_minor = MX_ABI_MINOR,
                                            .name = "asker", .version = "1", .summary = "asks", .ops = ops, .uses = uses};
    return &plugin;
}
"""

AT = 1700000000000


class TakenIn(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        cls.shop = merx.Shop()
        cls.addClassCleanup(cls.shop.stop)
        plugins = os.path.join(cls.shop.folder, "plugins")
        os.mkdir(plugins, 0o755)
        source = os.path.join(cls.shop.folder, "asker.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(ASKER)
        with open(merx.PROGRAM, "rb") as program:
            sanitize = ["-fsanitize=address,undefined"] if merx.SLOW and b"__asan_init" in program.read() else []
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", "-fPIC", "-shared", "-fvisibility=hidden", *sanitize,
                        "-I" + os.path.join(merx.ROOT, "include"), "-o", os.path.join(plugins, "asker.so"), source], check=True, timeout=120)
        for built in glob.glob(os.path.join(os.path.dirname(merx.PROGRAM), "plugins", "*.so")):
            shutil.copy(built, plugins)
        cls.shop.init()
        cls.shop.serve(args=["--plugins", plugins, "--plugin", "asker"])
        cls.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}})
        cls().product("TEA", price=1990, stock=5)
        cls.member = cls.shop.ok("membership.join", {"phone": "13900000001", "name": "x"})["member"]["id"]

    def body(self, external, **more):
        return {"channel": "tmall", "external": external, "location": "store-1", "member": self.member, "run": "run_1", "at": AT, "total": 4001,
                "lines": [{"sku": "TEA", "qty": 2000, "amount": 3001, "tax_ppm": 130000},
                          {"sku": "THEIRS-9", "name": {"en": "Their mug"}, "qty": 3000, "amount": 1000}], **more}

    def points(self):
        return self.shop.ok("loyalty.points.balance", {"member": self.member})["points"]

    def tearDown(self):
        self.assertEqual(self.shop.ok("system.verify", idem=False)["findings"], [])

    def test_an_order_of_a_marketplace(self):
        """S0-19, S2-1 (orders): a record like every other, with its prices and number; no stock and no money moves here."""
        before = self.points()
        taken = self.shop.ok("asker.in", self.body("TM-1"))
        self.assertFalse(taken["known"])
        order = self.shop.ok("orders.get", {"id": taken["order"]})["order"]
        self.assertEqual((order["number"], order["channel"], order["at"], order["total"], order["state"]), ("TM-1", "tmall", AT, 4001, "paid"))
        self.assertEqual([(line["sku"], line["total"], line["tax"]) for line in order["lines"]], [("TEA", 3001, 345), ("THEIRS-9", 1000, 0)])
        self.assertEqual(order["lines"][1]["name"], {"en": "Their mug"})
        self.assertEqual((order.get("payments", []), self.points() - before), ([], 40))
        self.assertEqual(self.shop.ok("inventory.stock", {"sku": "TEA", "location": "store-1"})["on_hand"], 5000)
        event = [event["data"] for event in self.shop.ok("system.log.list", {"type": "orders.paid", "limit": 500})["events"]
                 if event["data"]["order"] == taken["order"]][0]
        self.assertEqual((event["run"], event["total"]), ("run_1", 4001))
        self.assertEqual([(goods.get("category", ""), goods["pieces"], goods["amount"]) for goods in event["goods"]], [("", 3000, 1000), ("test", 2000, 3001)])
        self.assertEqual(self.shop.ok("orders.explain", {"order": taken["order"]})["reproduced"], True)

    def test_the_same_one_twice_is_one(self):
        first = self.shop.ok("asker.in", self.body("TM-2"))
        points = self.points()
        self.assertEqual(self.shop.ok("asker.in", self.body("TM-2", run="run_2")), {"order": first["order"], "known": True})
        guest = {name: value for name, value in self.body("TM-2", channel="jd").items() if name != "member"}
        self.assertNotEqual(self.shop.ok("asker.in", guest)["order"], first["order"])
        self.assertEqual(self.points(), points)

    def test_bad_ones_change_nothing(self):
        self.refused(400, "bad_input", "total", "asker.in", self.body("TM-3", total=4000))
        self.refused(409, "unknown_location", "location", "asker.in", self.body("TM-3", location="nowhere"))
        self.refused(409, "unknown_member", "member", "asker.in", self.body("TM-3", member="mem_" + "0" * 26))
        self.assertFalse(self.shop.ok("asker.in", self.body("TM-3"))["known"])

    def test_out_again(self):
        before = self.points()
        order = self.shop.ok("asker.in", self.body("TM-4"))["order"]
        self.refused(404, "not_found", "order", "asker.out", {"order": order, "run": "run_9"})
        self.assertEqual(self.shop.ok("asker.out", {"order": order, "run": "run_1"}), {"order": order, "known": False})
        self.assertEqual(self.shop.ok("asker.out", {"order": order, "run": "run_1"}), {"order": order, "known": True})
        self.assertEqual((self.shop.ok("orders.get", {"id": order})["order"]["state"], self.points()), ("void", before))
        self.refused(409, "order_void", "lines[0].order", "orders.return",
                     {"location": "store-1", "reason": "r", "lines": [{"order": order, "line": 1, "qty": 1000}]})
        again = self.shop.ok("asker.in", self.body("TM-4"))
        self.assertEqual((again["known"], again["order"] != order), (False, True))

    def test_what_came_back_here_stays(self):
        order = self.shop.ok("asker.in", self.body("TM-5"))["order"]
        self.shop.ok("orders.return", {"location": "store-1", "reason": "r", "lines": [{"order": order, "line": 1, "qty": 1000, "price": 0}]})
        self.refused(409, "order_returned", "order", "asker.out", {"order": order, "run": "run_1"})


if __name__ == "__main__":
    unittest.main()
