"""`merx verify` finds orders, returns and payments that do not add up: a hostile plugin bends one record at a time, behind
the back of its owner."""

import glob
import os
import shutil
import subprocess
import unittest

import merx
from sales import OrdersTest

VANDAL = r"""
#include "orders/records.h"
#include "payments/internal.h"

struct bend {
    struct mx_str table;
    struct mx_str order;
    struct mx_str field;
    int64_t line;
    int64_t by;
};

static const struct mx_field bend_fields[] = {
    MX_F_STR(bend, table, MX_REQUIRED, 1, 64, "what is bent"),
    MX_F_STR(bend, order, MX_REQUIRED, 1, 64, "order"),
    MX_F_STR(bend, field, MX_REQUIRED, 1, 64, "field"),
    MX_F_INT(bend, line, 0, 0, 100, "line"),
    MX_F_INT(bend, by, 0, -MX_INT_MAX, MX_INT_MAX, "by how much"),
};
MX_TYPE(bend, "vandal.bend", "what is bent");

#define TABLE(variable, table_name, table_type, table_key)                                                                        \
    static const struct mx_table variable = {.size = sizeof(struct mx_table), .name = table_name, .doc = "", .type = &table_type,   \
                                             .key = table_key}
TABLE(heads, "orders.order", order_rec_type, "id");
TABLE(lines, "orders.line", line_rec_type, "order line");
TABLE(returned, "orders.returned", returned_rec_type, "order line");
TABLE(returns, "orders.return", return_rec_type, "id");
TABLE(return_lines, "orders.return_line", return_line_rec_type, "return_id place");
TABLE(sums, "payments.order", paid_rec_type, "order");
TABLE(payments, "payments.payment", payment_rec_type, "id");

static mx_status add(struct mx_ctx *ctx, const struct mx_table *table, void *record, const struct bend *bend) {
    uint32_t i;
    for (i = 0; i < table->type->field_count; i++) {
        const struct mx_field *field = mx_type_field(table->type, i);
        if (!mx_str_is(bend->field, field->name)) continue;
        if (field->kind == MX_KIND_ENUM) *(int32_t *)((char *)record + field->offset) += (int32_t)bend->by;
        else *(int64_t *)((char *)record + field->offset) += bend->by;
        return mx_put(ctx, table, record);
    }
    return mx_fail(ctx, MX_E_BAD_INPUT, "field", "No such field.");
}

/* The first record of the order in the index. */
static mx_status first_of(struct mx_ctx *ctx, const struct mx_table *table, const void *probe, void *record) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "order"};
    struct mx_scan *scan;
    mx_status st = mx_scan_open(ctx, table, &opts, probe, &scan);
    return st == MX_OK ? mx_scan_next(ctx, scan, record) : st;
}

/* A sold line that the order does not count, with runs that are wrong in one thing. */
static mx_status new_line(struct mx_ctx *ctx, const struct bend *bend) {
    struct mx_run run = {.run = 1, .to = 1000, .amount = 700, .total = 700};
    struct line_rec line = {.rec = {.has = UINT64_MAX}, .order = bend->order, .line = bend->line, .sku = MX_STR_INIT("X"), .qty = 1000,
                            .total = 700, .runs = {&run, 1, sizeof(run)}};
    return add(ctx, &lines, &line, bend);
}

static mx_status new_return_line(struct mx_ctx *ctx, const struct bend *bend) {
    struct return_line_rec line = {.rec = {.has = UINT64_MAX}, .return_id = MX_STR_INIT("ret_01HZZZZZZZZZZZZZZZZZZZZZZZ"), .place = bend->line,
                                   .order = bend->order, .line = bend->line, .sku = MX_STR_INIT("X")};
    return add(ctx, &return_lines, &line, bend);
}

static mx_status new_return(struct mx_ctx *ctx, const struct bend *bend) {
    struct return_rec head = {.rec = {.has = UINT64_MAX}, .id = MX_STR_INIT("ret_01HZZZZZZZZZZZZZZZZZZZZZZX"), .number = MX_STR_INIT("r")};
    return add(ctx, &returns, &head, bend);
}

static mx_status new_payment(struct mx_ctx *ctx, const struct bend *bend) {
    struct payment_rec payment = {.rec = {.has = UINT64_MAX}, .id = {bend->order.ptr, bend->order.len}, .order = bend->order, .kind = MX_TENDER_CARD};
    return add(ctx, &payments, &payment, bend);
}

static mx_status bend_it(struct mx_ctx *ctx, const void *in, void *out) {
    const struct bend *bend = in;
    struct order_rec head = {.id = bend->order}, *head_p = &head;
    struct returned_rec back = {.order = bend->order, .line = bend->line}, *back_p = &back;
    struct paid_rec paid = {.order = bend->order}, *paid_p = &paid;
    struct payment_rec payment = {.order = bend->order}, *payment_p = &payment;
    (void)out;
    if (mx_str_is(bend->table, "orders.order")) return mx_get(ctx, &heads, &head, &head_p) < 0 ? MX_E_IO : add(ctx, &heads, head_p, bend);
    if (mx_str_is(bend->table, "orders.returned")) return mx_get(ctx, &returned, &back, &back_p) < 0 ? MX_E_IO : add(ctx, &returned, back_p, bend);
    if (mx_str_is(bend->table, "payments.order")) return mx_get(ctx, &sums, &paid, &paid_p) < 0 ? MX_E_IO : add(ctx, &sums, paid_p, bend);
    if (mx_str_is(bend->table, "orders.line")) return new_line(ctx, bend);
    if (mx_str_is(bend->table, "new payment")) return new_payment(ctx, bend);
    if (mx_str_is(bend->table, "orders.return_line")) return new_return_line(ctx, bend);
    if (mx_str_is(bend->table, "orders.return")) return new_return(ctx, bend);
    return first_of(ctx, &payments, &payment, &payment_p) != MX_OK ? MX_E_IO : add(ctx, &payments, payment_p, bend);
}

static const struct mx_op bend_op = {.size = sizeof(struct mx_op), .name = "vandal.bend", .doc = "Bend.", .permission = "vandal",
                                     .in = &bend_type, .handler = bend_it, .since = "0.1"};
static const struct mx_op *const ops[] = {&bend_op, NULL};

MX_PLUGIN(vandal) {
    static const struct mx_plugin plugin = {.size = sizeof(struct mx_plugin), .abi_major = MX_ABI_MAJOR, .abi_minor = MX_ABI_MINOR,
                                            .name = "vandal", .version = "1", .summary = "bends records", .ops = ops};
    return &plugin;
}
"""


class Books(OrdersTest):
    @classmethod
    def serve_args(cls):
        plugins = os.path.join(cls.shop.folder, "plugins")
        os.mkdir(plugins, 0o755)
        source = os.path.join(cls.shop.folder, "vandal.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(VANDAL)
        with open(merx.PROGRAM, "rb") as program:
            sanitize = ["-fsanitize=address,undefined"] if merx.SLOW and b"__asan_init" in program.read() else []
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", "-fPIC", "-shared", "-fvisibility=hidden",
                        *sanitize, "-I" + os.path.join(merx.ROOT, "include"), "-I" + os.path.join(merx.ROOT, "plugins"), "-o",
                        os.path.join(plugins, "vandal.so"), source], check=True, timeout=120)
        for built in glob.glob(os.path.join(os.path.dirname(merx.PROGRAM), "plugins", "*.so")):
            shutil.copy(built, plugins)
        return ["--plugins", plugins, "--plugin", "vandal"]

    def bend(self, table, field, by, order, line=0):
        self.shop.ok("vandal.bend", {"table": table, "field": field, "by": by, "order": order, "line": line})

    def findings(self):
        return self.shop.ok("system.verify")["findings"]

    def found(self, words):
        found = self.findings()
        self.assertTrue(any(words in line for line in found), (words, found))

    def test_every_bent_record_is_found(self):
        order = self.place(("TEA", 3000), ("LEAF", 455), member=self.member, tenders=[{"kind": "card", "amount": 7062, "reference": "B-1"}])["order"]["id"]
        self.give_back({"order": order, "line": 1, "qty": 1000})
        self.assertEqual(self.findings(), [])
        for table, field, words in [
            ("orders.order", "total", "its lines do not sum to it"), ("orders.order", "tax", "its lines do not sum to it"),
            ("orders.order", "discount", "its lines do not sum to it"), ("orders.order", "line_count", "lines are missing"),
            ("orders.order", "points_earned", "the points of its lines do not sum to it"),
            ("orders.order", "refunded", "its returns do not sum to what it says was given back"),
            ("orders.order", "units_left", "it counts other units as returned than its lines"),
            ("orders.order", "state", "its state is not what came back of it"),
            ("orders.returned", "qty", "it counts other units as returned than its lines"),
            ("payments.order", "due", "what was paid is not what was due"),
            ("payments.order", "card_paid", "its payments do not sum to what was paid"),
            ("payments.order", "cash_paid", "its payments do not sum to what was paid"),
            ("payments.order", "card_refunded", "its refunds do not sum to what was given back"),
            ("payments.order", "cash_refunded", "more was given back than was paid"),
            ("payments.payment", "amount", "its payments do not sum to what was paid"),
        ]:
            with self.subTest(table=table, field=field):
                line = 1 if table == "orders.returned" else 0
                self.bend(table, field, 1, order, line)
                self.found(order)
                self.found(words)
                self.bend(table, field, -1, order, line)
                self.assertEqual(self.findings(), [])
        self.bend("payments.payment", "refunded", 1, order)
        self.found("its refunds do not sum to what it says was given back")
        self.bend("payments.payment", "refunded", -1, order)
        for by in (1000, -1000):  # head and line agree with each other, but not with the return
            self.bend("orders.returned", "qty", by, order, 1)
            self.bend("orders.order", "units_left", -by, order)
            if by > 0:
                self.found(order + ": its returns do not sum to the units that came back")
        self.bend("orders.returned", "qty", 5000, order, 1)
        self.found("more came back than was sold")
        self.bend("orders.returned", "qty", -5000, order, 1)

    def test_records_that_belong_nowhere(self):
        for field, words in [("qty", "its runs do not cover its quantity"), ("total", "its runs do not sum to it"),
                             ("tax", "its runs do not sum to it"), ("points", "the points of its runs do not sum to it"),
                             ("discount", "the discounts of its runs do not sum to it")]:
            order = self.place(("TEA", 1000))["order"]["id"]
            self.bend("orders.line", field, 1, order, 2)
            self.found("%s line 2: %s" % (order, words))
        self.bend("orders.returned", "qty", 1, order, 9)
        self.found(order + ": units came back of a line that is not there")
        for stray in ("ord_0" + "0" * 25, "ord_7" + "Z" * 25):  # before and behind all others
            self.bend("orders.line", "total", 0, stray, 1)
            self.bend("orders.returned", "qty", 1, stray, 1)
            self.found(stray + ": its order is not there")
            self.found(stray + ": units came back of a line that is not there")
            self.bend("new payment", "amount", 1, stray)
            self.found(stray + ": its order has no sums")
        self.bend("orders.return", "refund", 1, stray)
        self.found("ret_01HZZZZZZZZZZZZZZZZZZZZZZX: its lines do not sum to it")
        whole = self.place(("TEA", 1000), member=self.member)["order"]["id"]
        self.give_back({"order": whole, "line": 1, "qty": 1000})
        self.bend("orders.return_line", "points", 1, whole, 2)
        self.found(whole + ": all of it came back, but not all of its points")
        self.bend("orders.return_line", "refund", 100000, order, 1)
        self.found("more was given back than was paid")
        self.found("ret_01HZZZZZZZZZZZZZZZZZZZZZZZ: its return is not there")
