"""`merx verify` finds stored value that is not what its movements say: a hostile plugin bends balances, loads and transfers."""

import glob
import os
import shutil
import subprocess
import unittest

import merx

VANDAL = r"""
#include "wallet/internal.h"

struct bend {
    struct mx_str what;
    struct mx_str account;
    int64_t by;
};

static const struct mx_field bend_fields[] = {
    MX_F_STR(bend, what, MX_REQUIRED, 1, 32, "what is bent"),
    MX_F_STR(bend, account, 0, 0, 64, "account"),
    MX_F_INT(bend, by, 0, -MX_INT_MAX, MX_INT_MAX, "by how much"),
};
MX_TYPE(bend, "vandal.bend", "what is bent");

#define TABLE(variable, flag, table_name, table_type, table_key)                                                                  \
    static const struct mx_table variable = {.size = sizeof(struct mx_table), .flags = flag, .name = table_name,                   \
                                             .doc = "", .type = &table_type, .key = table_key}
TABLE(balances, MX_TABLE_PACKED, "wallet.balance", wallet_balance_type, "account");
TABLE(movements, MX_TABLE_APPEND, "wallet.movement", wallet_movement_type, "account seq");
TABLE(loads, 0, "wallet.load", wallet_load_type, "id");

static mx_status bend_load(struct mx_ctx *ctx, const struct bend *bend) {
    struct wallet_load probe = {.id = bend->account}, *load = NULL;
    mx_status st = mx_get(ctx, &loads, &probe, &load);
    if (st != MX_OK) return mx_fail(ctx, MX_E_NOT_FOUND, "account", "No such load.");
    load->amount += bend->by;
    load->rec.has = UINT64_MAX;
    return mx_put(ctx, &loads, load);
}

/* A movement that fits its account and comes from nowhere. */
static mx_status forge(struct mx_ctx *ctx, const struct bend *bend, struct wallet_balance *sums, int32_t kind) {
    struct wallet_movement movement = {.rec = {.has = UINT64_MAX}, .account = bend->account, .kind = kind, .amount = bend->by};
    mx_status st;
    movement.seq = ++sums->seq;
    movement.balance = sums->balance += bend->by;
    sums->loaded += bend->by;
    st = mx_put(ctx, &movements, &movement);
    return st == MX_OK ? mx_put(ctx, &balances, sums) : st;
}

static mx_status bend_it(struct mx_ctx *ctx, const void *in, void *out) {
    const struct bend *bend = in;
    struct wallet_balance probe = {.account = bend->account}, *sums = NULL;
    mx_status st;
    (void)out;
    if (mx_str_is(bend->what, "load")) return bend_load(ctx, bend);
    st = mx_get(ctx, &balances, &probe, &sums);
    if (st != MX_OK) return mx_fail(ctx, MX_E_NOT_FOUND, "account", "No such account.");
    if (mx_str_is(bend->what, "forged load")) return forge(ctx, bend, sums, WALLET_LOAD);
    if (mx_str_is(bend->what, "forged transfer")) return forge(ctx, bend, sums, WALLET_TRANSFER_IN);
    if (mx_str_is(bend->what, "no balance")) return mx_delete(ctx, &balances, sums);
    if (mx_str_is(bend->what, "spent")) sums->spent += bend->by;
    else sums->balance += bend->by;
    return mx_put(ctx, &balances, sums);
}

static const struct mx_op bend_op = {.size = sizeof(struct mx_op), .name = "vandal.bend", .doc = "Bend.", .permission = "vandal",
                                     .in = &bend_type, .handler = bend_it, .since = "0.1"};
static const struct mx_op *const ops[] = {&bend_op, NULL};

MX_PLUGIN(vandal) {
    static const struct mx_plugin plugin = {.size = sizeof(struct mx_plugin), .abi_major = MX_ABI_MAJOR, .abi_minor = MX_ABI_MINOR,
                                            .name = "vandal", .version = "1", .summary = "bends balances", .ops = ops};
    return &plugin;
}
"""


class Books(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = merx.Shop()
        cls.addClassCleanup(cls.shop.stop)
        plugins = os.path.join(cls.shop.folder, "plugins")
        os.mkdir(plugins, 0o755)
        source = os.path.join(cls.shop.folder, "vandal.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(VANDAL)
        sanitize = ["-fsanitize=address,undefined"] if merx.SLOW and b"__asan_init" in open(merx.PROGRAM, "rb").read() else []
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", "-fPIC", "-shared", "-fvisibility=hidden",
                        *sanitize, "-I" + os.path.join(merx.ROOT, "include"), "-I" + os.path.join(merx.ROOT, "plugins"), "-o",
                        os.path.join(plugins, "vandal.so"), source], check=True, timeout=120)
        for built in glob.glob(os.path.join(os.path.dirname(merx.PROGRAM), "plugins", "*.so")):
            shutil.copy(built, plugins)
        cls.shop.init()
        cls.shop.serve(args=["--plugins", plugins, "--plugin", "vandal"])
        cls.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}})

    def load(self, amount):
        loaded = self.shop.ok("wallet.load", {"kind": "gift_card", "amount": amount, "location": "store-1",
                                              "tenders": [{"kind": "cash", "amount": amount}]})
        return loaded["account"], loaded["load"]

    def findings(self):
        return self.shop.ok("system.verify", idem=False)["findings"]

    def test_bent_books_are_found(self):
        """Invariant 11: each bend is found by name, and bending back makes it clean again."""
        account, load = self.load(1000)
        self.assertEqual(self.findings(), [])
        for what, name, by in (("balance", account, 1), ("balance", account, -1001), ("spent", account, 5), ("load", load, 1)):
            self.shop.ok("vandal.bend", {"what": what, "account": name, "by": by})
            found = self.findings()
            self.assertTrue(any(name in str(finding) for finding in found), (what, by, found))
            self.shop.ok("vandal.bend", {"what": what, "account": name, "by": -by})
            self.assertEqual(self.findings(), [])
        before = 0
        for what in ("forged load", "forged transfer", "no balance"):
            self.shop.ok("vandal.bend", {"what": what, "account": account, "by": 7})
            found = self.findings()
            self.assertGreater(len(found), before, (what, found))
            before = len(found)


if __name__ == "__main__":
    unittest.main()
