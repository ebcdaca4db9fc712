"""Past receipts, as rules are tried on them: a plugin asks the point and pages through them in order of time."""

import glob
import os
import random
import shutil
import subprocess
import unittest

import merx
from sales import OrdersTest

READER = r"""
#include "merx/plugin.h"
#include "merx/retail/past.h"

static mx_status past(struct mx_ctx *ctx, const void *in, void *out) { return mx_ask(ctx, &mx_point_past, in, out); }

static const struct mx_op past_op = {.size = sizeof(struct mx_op), .flags = MX_OP_QUERY, .name = "reader.past", .doc = "Past receipts.",
                                     .permission = "reader", .in = &mx_past_ask_type, .out = &mx_past_page_type, .handler = past,
                                     .since = "0.3"};
static const struct mx_op *const ops[] = {&past_op, NULL};
static const struct mx_point *const points[] = {&mx_point_past, NULL};

MX_PLUGIN(reader) {
    static const struct mx_plugin plugin = {.size = sizeof(struct mx_plugin), .abi_major = MX_ABI_MAJOR, .abi_minor = MX_ABI_MINOR,
                                            .name = "reader", .version = "1", .summary = "reads receipts", .ops = ops, .points = points};
    return &plugin;
}
"""

BEGIN = 1700000000000


class Past(OrdersTest):
    @classmethod
    def serve_args(cls):
        plugins = os.path.join(cls.shop.folder, "plugins")
        os.mkdir(plugins, 0o755)
        source = os.path.join(cls.shop.folder, "reader.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(READER)
        with open(merx.PROGRAM, "rb") as program:
            sanitize = ["-fsanitize=address,undefined"] if merx.SLOW and b"__asan_init" in program.read() else []
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", "-fPIC", "-shared", "-fvisibility=hidden",
                        *sanitize, "-I" + os.path.join(merx.ROOT, "include"), "-o", os.path.join(plugins, "reader.so"), source],
                       check=True, timeout=120)
        for built in glob.glob(os.path.join(os.path.dirname(merx.PROGRAM), "plugins", "*.so")):
            shutil.copy(built, plugins)
        return ["--plugins", plugins, "--plugin", "reader"]

    @classmethod
    def fill(cls):
        super().fill()
        test, chance = cls(), random.Random(3)
        places = ["store-1", "store-10", "a", "zzz", "store-2"]
        for place in places[1:]:
            test.location(place)
        cls.sold = []
        for _ in range(60):
            at, place = BEGIN + 1000 * chance.randint(0, 25), chance.choice(places)  # some at the same moment
            order = test.place(("GIFTWRAP", 1000 * chance.randint(1, 3)), at=at, location=place)["order"]
            cls.sold.append((at, order["id"], place, order["total"]))
        cls.sold.sort()

    def page(self, **ask):
        return self.shop.ok("reader.past", ask)

    def all(self, **ask):
        got, after = [], None
        while True:
            page = self.page(**ask, **({"after": after} if after else {}))
            self.assertLessEqual(len(page["receipts"]), ask.get("limit") or 200)
            got += [(past["cart"]["at"], past["order"], past["cart"]["location"], past["total"]) for past in page["receipts"]]
            after = page.get("next")
            if not after:
                return got

    def test_in_order_of_time_over_all_locations(self):
        for limit in (1, 7, 60, 1000, 0):
            self.assertEqual(self.all(limit=limit), self.sold, limit)
        self.assertEqual(self.page(count_only=True)["count"], len(self.sold))

    def test_of_one_location_and_a_time(self):
        for place in ("store-1", "store-10", "zzz"):
            self.assertEqual(self.all(location=place, limit=4), [sold for sold in self.sold if sold[2] == place])
        window = {"from": BEGIN + 5000, "until": BEGIN + 15000}
        within = [sold for sold in self.sold if BEGIN + 5000 <= sold[0] < BEGIN + 15000]
        self.assertEqual(self.all(limit=6, **window), within)
        self.assertEqual(self.page(count_only=True, **window)["count"], len(within))
        self.assertEqual(self.all(location="nowhere"), [])

    def test_one_receipt(self):
        at, order, place, total = self.sold[11]
        got = self.page(order=order)["receipts"]
        self.assertEqual([(past["cart"]["at"], past["order"], past["total"], past["imported"]) for past in got], [(at, order, total, False)])
        self.assertEqual(got[0]["cart"], self.shop.ok("orders.trace.get", {"id": order})["trace"]["facts"])
        self.assertEqual(self.page(order="ord_" + "1" * 26)["receipts"], [])

    def test_brought_in_with_its_prices(self):
        line = {"sku": "GIFTWRAP", "qty": 1000, "price": 55, "reason": "price of the receipt"}
        early = BEGIN - 10**9
        for lines, more, imported in (([line], {"at": early}, True), ([line, ("TEA", 1000)], {"at": early}, False), ([line], {}, False)):
            order = self.place(*lines, location="store-1", **more)["order"]
            self.sold.append((order["at"], order["id"], "store-1", order["total"]))
            order = order["id"]
            self.assertEqual(self.page(order=order)["receipts"][0]["imported"], imported)
        self.sold.sort()
        self.assertEqual(len(self.all(until=BEGIN)), 2)

    def test_wrong_cursors(self):
        for after in ("nonsense", "12", ":x", "12:", "-1:ord", "99999999999999999999999999:ord", "1x:ord"):
            self.refused(400, "bad_input", "after", "reader.past", {"after": after})


if __name__ == "__main__":
    unittest.main()
