"""`merx verify` finds counters that are not the sum of their movements: a hostile plugin bends them, behind the back of
their owners, one record at a time."""

import glob
import os
import shutil
import subprocess
import unittest

import merx

NO_ORDER = "ord_01J0000000000000000000000Z"
VANDAL = r"""
#include "inventory/internal.h"
#include "loyalty/internal.h"

struct bend {
    struct mx_str what;
    struct mx_str member;
    struct mx_str order;
    struct mx_str other; /* order */
    int64_t line;
    int64_t by;
};

static const struct mx_field bend_fields[] = {
    MX_F_STR(bend, what, MX_REQUIRED, 1, 32, "what is bent"),
    MX_F_STR(bend, member, 0, 0, 64, "member"),
    MX_F_STR(bend, order, 0, 0, 64, "order"),
    MX_F_STR(bend, other, 0, 0, 64, "another order"),
    MX_F_INT(bend, line, 0, 0, 100, "line"),
    MX_F_INT(bend, by, 0, -MX_INT_MAX, MX_INT_MAX, "by how much"),
};
MX_TYPE(bend, "vandal.bend", "what is bent");

#define TABLE(variable, flag, table_name, table_type, table_key)                                                                  \
    static const struct mx_table variable = {.size = sizeof(struct mx_table), .flags = flag, .name = table_name,                   \
                                             .doc = "", .type = &table_type, .key = table_key}
TABLE(levels, MX_TABLE_PACKED, "inventory.level", inventory_level_type, "location sku");
TABLE(balances, MX_TABLE_PACKED, "loyalty.balance", loyalty_balance_type, "member");
TABLE(lots, 0, "loyalty.lot", loyalty_lot_type, "member order line run");
TABLE(spendings, 0, "loyalty.spending", loyalty_spending_type, "document");
TABLE(stock_movements, MX_TABLE_APPEND, "inventory.movement", inventory_movement_type, "seq");
TABLE(point_movements, MX_TABLE_APPEND, "loyalty.movement", loyalty_movement_type, "seq");

static mx_status bend_level(struct mx_ctx *ctx, const struct bend *bend) {
    struct inventory_level probe = {.location = MX_STR_INIT("store-1"), .sku = MX_STR_INIT("TEA")}, *level = &probe;
    mx_status st;
    if (mx_str_is(bend->what, "new level")) probe.sku = mx_str_of("GHOST");
    st = mx_get(ctx, &levels, &probe, &level);
    if (st < 0) return st;
    if (mx_str_is(bend->what, "damaged")) level->damaged += bend->by;
    else if (mx_str_is(bend->what, "reserved")) level->reserved += bend->by;
    else if (mx_str_is(bend->what, "cost")) level->cost += bend->by;
    else level->on_hand += bend->by;
    if (mx_str_is(bend->what, "no level")) return mx_delete(ctx, &levels, level);
    return mx_put(ctx, &levels, level);
}

static mx_status bend_lot(struct mx_ctx *ctx, const struct bend *bend) {
    int other;
    for (other = 0; other < 2; other++) { /* what one lot loses the other gains: only the lots themselves differ */
        struct loyalty_lot probe = {.member = bend->member, .order = other ? bend->other : bend->order}, *lot = NULL;
        mx_status st = mx_get(ctx, &lots, &probe, &lot);
        if (st != MX_OK) return mx_fail(ctx, MX_E_NOT_FOUND, "order", "No such lot.");
        if (mx_str_is(bend->what, "reversed")) lot->reversed += other ? 0 : bend->by;
        else if (mx_str_is(bend->what, "forgiven")) lot->forgiven = lot->covered = lot->claimed = bend->by > 0 ? bend->by : 0;
        else lot->earned += other ? -bend->by : bend->by;
        if ((st = mx_put(ctx, &lots, lot)) != MX_OK) return st;
    }
    return MX_OK;
}

/* A spending that no lot knows, and with another sum than its parts; taken out again when it is bent back. */
static mx_status bend_spending(struct mx_ctx *ctx, const struct bend *bend) {
    struct loyalty_spent_part part = {.member = bend->member, .order = bend->order, .points = bend->by};
    struct loyalty_spending spending = {.rec = {.has = UINT64_MAX}, .document = bend->other, .member = bend->member,
                                        .points = bend->by + mx_str_is(bend->what, "other sum"), .parts = {&part, 1, sizeof(part)}};
    return bend->by > 0 ? mx_put(ctx, &spendings, &spending) : mx_delete(ctx, &spendings, &spending);
}

static mx_status bend_balance(struct mx_ctx *ctx, const struct bend *bend) {
    struct loyalty_balance probe = {.member = bend->member}, *balance = NULL;
    mx_status st = mx_get(ctx, &balances, &probe, &balance);
    if (st != MX_OK) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "No such balance.");
    if (mx_str_is(bend->what, "no balance")) return mx_delete(ctx, &balances, balance);
    balance->points += bend->by;
    return mx_put(ctx, &balances, balance);
}

/* A movement behind a gap in the numbers. */
static mx_status bend_ledger(struct mx_ctx *ctx, const struct bend *bend) {
    struct inventory_movement stock = {.seq = bend->by, .rec = {.has = UINT64_MAX}};
    struct loyalty_movement points = {.seq = bend->by, .member = bend->member, .points = 5, .rec = {.has = UINT64_MAX}};
    return bend->member.len ? mx_put(ctx, &point_movements, &points) : mx_put(ctx, &stock_movements, &stock);
}

/* Through the front door: what any plugin may ask of loyalty. */
static mx_status move_points(struct mx_ctx *ctx, const struct bend *bend) {
    struct mx_points_part part = {.order = bend->order, .line = bend->line, .run = 1, .points = bend->by};
    struct mx_points_move move = {.member = bend->member, .source = bend->what, .parts = {&part, 1, sizeof(part)}};
    struct mx_points_moved moved;
    return mx_call(ctx, mx_str_is(bend->what, "earn") ? &mx_points_earn : &mx_points_reverse, &move, &moved);
}

static mx_status bend_it(struct mx_ctx *ctx, const void *in, void *out) {
    const struct bend *bend = in;
    (void)out;
    if (mx_str_is(bend->what, "ledger")) return bend_ledger(ctx, bend);
    if (mx_str_is(bend->what, "spending") || mx_str_is(bend->what, "other sum")) return bend_spending(ctx, bend);
    if (bend->line) return move_points(ctx, bend);
    if (bend->order.len) return bend_lot(ctx, bend);
    return bend->member.len ? bend_balance(ctx, bend) : bend_level(ctx, bend);
}

static const struct mx_op bend_op = {.size = sizeof(struct mx_op), .name = "vandal.bend", .doc = "Bend.", .permission = "vandal",
                                     .in = &bend_type, .handler = bend_it, .since = "0.1"};
static const struct mx_op *const ops[] = {&bend_op, NULL};
static const struct mx_use *const uses[] = {&mx_points_earn, &mx_points_reverse, NULL};

MX_PLUGIN(vandal) {
    static const struct mx_plugin plugin = {.size = sizeof(struct mx_plugin), .abi_major = MX_ABI_MAJOR, .abi_minor = MX_ABI_MINOR,
                                            .name = "vandal", .version = "1", .summary = "bends counters", .ops = ops, .uses = uses};
    return &plugin;
}
"""


class Ledgers(unittest.TestCase):
    def setUp(self):
        self.shop = merx.Shop()
        self.addCleanup(self.shop.stop)
        plugins = os.path.join(self.shop.folder, "plugins")
        os.mkdir(plugins, 0o755)
        source = os.path.join(self.shop.folder, "vandal.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(VANDAL)
        sanitize = ["-fsanitize=address,undefined"] if merx.SLOW and b"__asan_init" in open(merx.PROGRAM, "rb").read() else []
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", "-fPIC", "-shared", "-fvisibility=hidden", *sanitize,
                        "-I" + os.path.join(merx.ROOT, "include"), "-I" + os.path.join(merx.ROOT, "plugins"), "-o", os.path.join(plugins, "vandal.so"), source],
                       check=True, timeout=120)
        for built in glob.glob(os.path.join(os.path.dirname(merx.PROGRAM), "plugins", "*.so")):
            shutil.copy(built, plugins)
        self.shop.init()
        self.shop.serve(args=["--plugins", plugins, "--plugin", "vandal"])
        self.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}})
        self.shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 1000})
        self.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "TEA", "qty": 9000, "cost": 300}]})
        self.member = self.shop.ok("membership.join", {"phone": "13910000001", "name": "x"})["member"]["id"]
        self.order = self.shop.ok("orders.place", {
            "channel": "till", "location": "store-1", "member": self.member, "lines": [{"sku": "TEA", "qty": 1000}, {"sku": "TEA", "qty": 2000}],
            "tenders": [{"kind": "cash", "amount": 3000}]})["order"]["id"]

    def findings(self):
        """What `system.verify` finds, once the store's own records are as they should be."""
        return self.shop.ok("system.verify")["findings"]

    def bent(self, **bend):
        self.shop.ok("vandal.bend", bend)
        found = self.findings()
        self.shop.ok("vandal.bend", {**bend, "by": -bend["by"]})
        self.assertEqual(self.findings(), [])
        return found

    def test_every_bent_counter_is_found_and_named(self):
        self.assertEqual(self.findings(), [])
        for what in ("on_hand", "damaged", "reserved", "cost"):
            with self.subTest(what=what):
                found = self.bent(what=what, by=1000)
                self.assertEqual(len(found), 1, found)
                self.assertIn("inventory.levels: article TEA at store-1", found[0])
        given = self.shop.ok("loyalty.points.adjust", {"member": self.member, "points": 5, "reason": "x"})["source"]
        for bend, words in (({"what": "points", "member": self.member, "by": 1}, "the balance says 36 points"),
                            ({"what": "lots", "member": self.member, "order": self.order, "other": given, "by": 1}, "the lots are not what the movements say"),
                            ({"what": "forgiven", "member": self.member, "order": given, "other": given, "by": 2}, "what was written off of a lot would not be found"),
                            ({"what": "spending", "member": self.member, "order": given, "other": NO_ORDER, "by": 1}, "the lots are not what was spent for some document")):
            with self.subTest(bend=bend):
                found = self.bent(**bend)
                self.assertEqual(len(found), 1, found)
                self.assertIn("loyalty.balances: member " + self.member, found[0])
                self.assertIn(words, found[0])

    def test_a_spending_that_is_not_the_sum_of_its_parts_is_found(self):
        found = self.bent(what="other sum", member=self.member, order=self.order, other=NO_ORDER, by=1)
        self.assertTrue(any("the parts of a spending do not sum to its points" in line for line in found), found)

    def test_what_is_reserved_is_not_sold(self):
        self.shop.ok("vandal.bend", {"what": "reserved", "by": 5000})
        self.assertEqual(self.shop.ok("inventory.stock", {"sku": "TEA", "location": "store-1"}),
                         {"on_hand": 6000, "reserved": 5000, "available": 1000, "damaged": 0})
        status, answer = self.shop.call("orders.place", {
            "channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 2000}], "tenders": [{"kind": "cash", "amount": 2000}]})
        self.assertEqual((status, answer["code"]), (409, "short_stock"))
        self.assertIn("there are 1 at store-1; 2 are wanted", answer["detail"])
        self.shop.ok("inventory.adjust", {"location": "store-1", "reason": "lost", "lines": [{"sku": "TEA", "qty": -3000}]})
        self.assertEqual(self.shop.ok("inventory.stock", {"sku": "TEA", "location": "store-1"})["available"], -2000)

    def test_nobody_takes_back_more_points_than_a_line_earned(self):
        points = {"member": self.member, "order": self.order, "line": 1}
        self.assertEqual(self.shop.ok("loyalty.points.balance", {"member": self.member})["points"], 30)
        status, answer = self.shop.call("vandal.bend", {**points, "what": "reverse", "by": 11})
        self.assertEqual((status, answer["code"], answer["field"]), (409, "points_not_there", "parts[0].points"))
        self.shop.ok("vandal.bend", {**points, "what": "reverse", "by": 4})
        self.assertEqual(self.shop.call("vandal.bend", {**points, "what": "reverse", "by": 7})[1]["code"], "points_not_there")
        self.shop.ok("vandal.bend", {**points, "what": "reverse", "by": 6})
        self.assertEqual(self.shop.call("vandal.bend", {**points, "line": 9, "what": "reverse", "by": 1})[1]["code"], "points_not_there")
        self.assertEqual(self.shop.call("vandal.bend", {**points, "what": "earn", "by": 1})[0], 409)
        self.shop.ok("vandal.bend", {**points, "line": 9, "what": "earn", "by": 0})  # nothing is nothing: not even a lot
        self.assertEqual(self.shop.call("vandal.bend", {**points, "line": 9, "what": "earn", "by": 1})[0], 409)  # a sale earns once
        self.shop.ok("vandal.bend", {**points, "order": NO_ORDER, "line": 9, "what": "earn", "by": 3})
        self.assertEqual(self.shop.call("vandal.bend", {**points, "order": NO_ORDER, "line": 8, "what": "reverse", "by": 1})[1]["code"], "points_not_there")
        answer = self.shop.ok("loyalty.points.balance", {"member": self.member})
        self.assertEqual((answer["points"], [(lot["order"], lot["rest"]) for lot in answer["lots"]]), (23, [(NO_ORDER, 3), (self.order, 20)]))
        self.assertEqual(self.findings(), [])

    def test_gaps_and_broken_sums(self):
        self.shop.ok("vandal.bend", {"what": "ledger", "by": 7})
        self.shop.ok("vandal.bend", {"what": "ledger", "by": 7, "member": self.member})
        self.shop.ok("vandal.bend", {"what": "reversed", "by": 31, "member": self.member, "order": self.order, "other": self.order})
        found = self.findings()
        for words in ("inventory.levels: movement 3 is missing before 7", "loyalty.balances: movement 2 is missing before 7",
                      "the parts of a movement do not sum to its points", "a lot gave back more points than it earned",
                      "the lots are not what the movements say"):
            self.assertEqual(len([line for line in found if words in line]), 1, (words, found))

    def test_both_directions(self):
        self.shop.ok("vandal.bend", {"what": "new level", "by": 1000})
        self.assertEqual(len(self.findings()), 1)
        self.assertIn("article GHOST at store-1", self.findings()[0])
        self.shop.ok("vandal.bend", {"what": "no level", "by": 0})
        self.assertTrue(any("article TEA at store-1 moved but has no level" in found for found in self.findings()))
        self.shop.ok("vandal.bend", {"what": "no balance", "member": self.member, "by": 0})
        self.assertTrue(any("there are points but no balance" in found for found in self.findings()))


if __name__ == "__main__":
    unittest.main()
