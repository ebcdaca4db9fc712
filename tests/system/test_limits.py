"""Limits, budgets and quotas under many tills at once: checked and used in the sale's own commit, never passed by one unit."""

import calendar
import glob
import os
import shutil
import subprocess
import threading
import time
import unittest

import merx
from sales import OrdersTest

LONG = bool(os.environ.get("MERX_LONG"))
HOUR = 3600 * 1000

RULES = """
promotion { id = "ten", name = { en = "Ten off", zh = "九折" }, coupon = true, percent = 10 }
promotion { id = "budget", name = { en = "Budget", zh = "预算" }, where = { sku = "BUDGET" }, percent = 13, limit = { budget = 10007 } }
promotion { id = "flash", name = { en = "Flash", zh = "秒杀" }, where = { sku = "FLASH" }, price = 500, limit = { units = 37 } }
promotion { id = "thrice", name = { en = "Thrice", zh = "三次" }, where = { sku = "THRICE" }, percent = 50, limit = { total = 3 } }
promotion { id = "once", name = { en = "Once", zh = "一次" }, where = { sku = "ONCE" }, percent = 50, limit = { member = 1 } }
promotion { id = "daily", name = { en = "Daily", zh = "每日" }, where = { sku = "DAILY" }, percent = 50, limit = { day = 2, member_day = 1 } }
promotion { id = "whole", name = { en = "Whole", zh = "全" }, where = { sku = "WHOLE" }, percent = 10, limit = { units = 5, budget = 400 } }
promotion { id = "kept", name = { en = "Kept", zh = "不退" }, where = { sku = "KEPT" }, percent = 50, limit = { total = 1 }, keeps_uses = true }
promotion { id = "pair", name = { en = "Pair", zh = "买二" }, where = { sku = "PAIR" }, buy = 2, pay = 1, limit = { total = 3 } }
"""


class LimitsTest(OrdersTest):
    rules = RULES

    @classmethod
    def fill(cls):
        cls.shop.ok("shop.settings.put", {"practice": True})
        test = cls()
        test.location()
        cls.shop.ok("inventory.location.put", {"id": "far", "name": {"en": "Far"}, "zone": "America/New_York"})
        for sku in ("BUDGET", "FLASH", "THRICE", "ONCE", "DAILY", "WHOLE", "KEPT", "PAIR", "TEA"):
            test.product(sku, price=1000, stock=100000, tax_ppm=0)
            cls.shop.ok("inventory.receive", {"location": "far", "lines": [{"sku": sku, "qty": 1000000}]})
        cls.members = [cls.shop.ok("membership.join", {"phone": "+86137000000%02d" % n, "name": "M"})["member"]["id"] for n in range(3)]

    def counter(self, rule, scope="total", **of):
        for counter in self.shop.ok("promotions.limits.list", {"rule": rule})["counters"]:
            if counter["scope"] == scope and all(counter.get(name) == value for name, value in of.items()):
                return counter["uses"], counter["units"], counter["amount"]
        return 0, 0, 0

    def off(self, sku, pieces=1, **more):
        return self.place((sku, pieces * 1000), **more)["order"]["discount"]

    def back(self, order, pieces):
        self.shop.ok("orders.return", {"location": "store-1", "reason": "test", "lines": [{"order": order, "line": 1, "qty": pieces * 1000}]})

    def sound(self):
        self.assertEqual(self.shop.ok("system.verify")["findings"], [])

    def at_once(self, count, sell):
        """sell(client, number) in `count` threads that begin together -> the answers."""
        gate, answers = threading.Barrier(count), []

        def run(number):
            client = self.shop.client()
            try:
                client.connect()
                gate.wait(60)
                answers.append(sell(client, number))
            finally:
                client.close()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(answers), count)
        return answers


class Crowds(LimitsTest):
    def test_one_coupon_and_two_hundred_spenders(self):
        """S2-7, S2-16: a coupon with one use has one winner, however many present it in the same moment."""
        for _ in range(100 if LONG else 5):
            made = self.shop.ok("promotions.coupon.issue", {"rule": "ten"})["coupon"]["id"]
            code = self.shop.ok("promotions.coupon.reveal", {"id": made})["code"]
            answers = self.at_once(200, lambda client, number: client.call("orders.place", self.sale(("TEA", 1000), coupons=[code])))
            won = [answer for status, answer in answers if status == 200]
            self.assertEqual([answer["order"]["total"] for answer in won], [900])
            lost = {(status, answer.get("code"), answer.get("field")) for status, answer in answers if status != 200}
            self.assertEqual(lost, {(409, "coupon_not_usable", "coupons[0]")})
            coupon = self.shop.ok("promotions.coupon.get", {"id": made})["coupon"]
            self.assertEqual((coupon["uses"], coupon["state"]), (1, "used"))
        self.sound()

    def test_a_budget_is_spent_to_the_last_unit_and_not_one_more(self):
        def sell(client, number):
            off = 0
            for pieces in range(1, 6):
                status, answer = client.call("orders.place", self.sale(("BUDGET", pieces * 1000 + number % 3 * 1000)))
                self.assertEqual(status, 200, answer)
                off += answer["order"]["discount"]
            return off

        self.assertEqual(sum(self.at_once(16, sell)), 10007)
        self.assertEqual(self.counter("budget")[2], 10007)
        self.assertEqual(self.off("BUDGET"), 0)
        self.sound()

    def test_a_flash_sale_sells_its_quota_and_not_one_piece_more(self):
        def sell(client, number):
            flashed = 0
            for _ in range(3):
                status, answer = client.call("orders.place", self.sale(("FLASH", (1 + number % 4) * 1000)))
                self.assertEqual(status, 200, answer)
                flashed += answer["order"]["discount"]
            return flashed

        self.assertEqual(sum(self.at_once(24, sell)), 37 * 500)
        self.assertEqual(self.counter("flash"), (self.counter("flash")[0], 37000, 37 * 500))
        self.assertEqual(self.off("FLASH"), 0)
        self.sound()

    def test_a_member_at_many_tills_at_once_gets_it_once(self):
        for member in self.members[:2]:
            answers = self.at_once(12, lambda client, number: client.call("orders.place", self.sale(("ONCE", 1000), member=member)))
            self.assertEqual(sorted(answer["order"]["discount"] for _, answer in answers), [0] * 11 + [500])
        self.sound()


class Scopes(LimitsTest):
    def test_uses_in_total(self):
        self.assertEqual([self.off("THRICE") for _ in range(5)], [500, 500, 500, 0, 0])
        outcome = [each for each in self.shop.ok("orders.trace.get", {"id": self.place(("THRICE", 1000))["order"]["id"]})["trace"]["outcomes"]
                   if each["rule"] == "thrice"][0]
        self.assertEqual((outcome["state"], outcome["limit"]), ("limit", "total uses"))

    def test_groups_of_a_bundle_are_uses(self):
        self.assertEqual(self.off("PAIR", 10), 3000, "three groups and no more")
        self.assertEqual(self.off("PAIR", 2), 0)

    def test_a_member_once_and_a_guest_never(self):
        self.assertEqual(self.off("ONCE"), 0, "a guest would get round a limit per member")
        self.assertEqual([self.off("ONCE", member=self.members[2]) for _ in range(2)], [500, 0])
        self.assertEqual(self.counter("once", "member", member=self.members[2])[0], 1)

    def test_a_day_ends_at_midnight_of_the_place(self):
        """The day of a limit is the day of the shop's own street: two places far apart change at different moments."""
        self.shop.ok("shop.clock.set", {"at": 1893513600000 - 60000})  # a minute before 2030-01-02 in Shanghai, morning in New York
        self.assertEqual([self.off("DAILY", member=member) for member in self.members], [500, 500, 0], "two a day")
        self.assertEqual(self.off("DAILY", member=self.members[2], location="far"), 0, "the 1st of January there as well")
        self.assertEqual(self.counter("daily", "day", day=20300101)[0], 2)
        self.shop.ok("shop.clock.advance", {"ms": 120000})
        self.assertEqual(self.off("DAILY", member=self.members[0], location="far"), 0, "still the 1st in New York")
        self.assertEqual([self.off("DAILY", member=self.members[0]) for _ in range(2)], [500, 0], "once a member a day")
        self.assertEqual(self.counter("daily", "day", day=20300102)[0], 1)
        self.assertEqual(self.counter("daily", "member_day", member=self.members[0], day=20300102)[0], 1)
        half_past = lambda day, hour: calendar.timegm((2030, 11, day, hour, 30, 0)) * 1000
        far = lambda: self.off("DAILY", member=self.members[1], location="far")
        self.shop.ok("shop.clock.set", {"at": half_past(3, 4)})  # half past midnight in New York, on the day of 25 hours
        self.assertEqual([far(), far()], [500, 0])
        self.shop.ok("shop.clock.set", {"at": half_past(4, 4)})
        self.assertEqual(far(), 0, "24 hours later, and still the evening of the same day")
        self.shop.ok("shop.clock.set", {"at": half_past(4, 5)})
        self.assertEqual([far(), self.counter("daily", "member_day", member=self.members[1], day=20301103)[0]], [500, 1])
        self.sound()


class Back(LimitsTest):
    def test_parts_give_back_their_share_and_the_whole_gives_all(self):
        order = self.place(("WHOLE", 4000))["order"]
        self.assertEqual((order["discount"], self.counter("whole")), (400, (1, 4000, 400)))
        self.assertEqual(self.off("WHOLE"), 0, "the budget is spent")
        self.back(order["id"], 1)
        self.assertEqual(self.counter("whole"), (1, 3000, 300))
        self.back(order["id"], 2)
        self.assertEqual(self.counter("whole"), (1, 1000, 100))
        self.assertEqual(self.off("WHOLE", 4), 300)
        self.back(order["id"], 1)
        self.assertEqual(self.counter("whole"), (1, 3000, 300))
        self.sound()

    def test_a_rule_may_keep_its_uses(self):
        order = self.place(("KEPT", 1000))["order"]
        self.assertEqual(order["discount"], 500)
        self.back(order["id"], 1)
        self.assertEqual((self.off("KEPT"), self.counter("kept")[0]), (0, 1))
        self.sound()

    def test_a_member_may_again_after_a_return_on_the_day_that_was_counted(self):
        member = self.shop.ok("membership.join", {"phone": "+8613600000001", "name": "R"})["member"]["id"]
        order = self.place(("DAILY", 1000), member=member)["order"]
        self.assertEqual((order["discount"], self.off("DAILY", member=member)), (500, 0))
        day = [each for each in self.shop.ok("promotions.limits.list", {"rule": "daily"})["counters"] if each.get("member") == member][0]["day"]
        self.shop.ok("shop.clock.advance", {"ms": 24 * HOUR})
        self.back(order["id"], 1)
        self.assertEqual(self.counter("daily", "member_day", member=member, day=day)[0], 0)
        self.assertEqual(self.counter("daily", "day", day=day)[0], 0)
        self.sound()

    def test_a_refused_sale_uses_nothing(self):
        before = self.counter("whole")
        status, _ = self.shop.call("orders.place", self.sale(("WHOLE", 1000), cash=1))
        self.assertEqual((status, self.counter("whole")), (409, before))


VANDAL = r"""
#include "promotions/records.h"

struct bend {
    struct mx_str rule;
    struct mx_str coupon;
    struct mx_str order;
    struct mx_str group;
    struct mx_str batch;
    uint8_t amount;
    int64_t by;
};

static const struct mx_field bend_fields[] = {
    MX_F_STR(bend, rule, 0, 0, 64, "counter in total"),
    MX_F_STR(bend, coupon, 0, 0, 64, "coupon"),
    MX_F_STR(bend, order, 0, 0, 64, "order of a use that never was"),
    MX_F_STR(bend, group, 0, 0, 64, "group or bargain"),
    MX_F_STR(bend, batch, 0, 0, 64, "batch"),
    MX_F_BOOL(bend, amount, 0, "what was taken off, not who helped"),
    MX_F_INT(bend, by, 0, -MX_INT_MAX, MX_INT_MAX, "by how much"),
};
MX_TYPE(bend, "vandal.bend", "what is bent");

static const struct mx_table counters = {.size = sizeof(struct mx_table), .flags = MX_TABLE_PACKED, .name = "promotions.counter", .doc = "",
                                         .type = &promotion_counter_type, .key = "rule scope who day"};
static const struct mx_table coupons = {.size = sizeof(struct mx_table), .name = "promotions.coupon", .doc = "",
                                        .type = &promotion_coupon_type, .key = "id"};
static const struct mx_table uses = {.size = sizeof(struct mx_table), .flags = MX_TABLE_APPEND, .name = "promotions.use", .doc = "",
                                     .type = &promotion_use_rec_type, .key = "order source rule coupon"};

static const struct mx_table groups = {.size = sizeof(struct mx_table), .name = "promotions.group", .doc = "",
                                       .type = &promotion_group_type, .key = "id"};
static const struct mx_table batches = {.size = sizeof(struct mx_table), .name = "promotions.batch", .doc = "",
                                        .type = &promotion_batch_type, .key = "id"};

static mx_status bend_group(struct mx_ctx *ctx, const struct bend *bend) {
    struct promotion_group probe = {.id = bend->group}, *group;
    if (mx_get(ctx, &groups, &probe, &group) != MX_OK) return MX_E_IO;
    *(bend->amount ? &group->amount : &group->joined) += bend->by;
    return mx_put(ctx, &groups, group);
}

static mx_status bend_batch(struct mx_ctx *ctx, const struct bend *bend) {
    struct promotion_batch probe = {.id = bend->batch}, *batch;
    if (mx_get(ctx, &batches, &probe, &batch) != MX_OK) return MX_E_IO;
    batch->made += bend->by;
    return mx_put(ctx, &batches, batch);
}

static mx_status bend_it(struct mx_ctx *ctx, const void *in, void *out) {
    const struct bend *bend = in;
    struct promotion_counter probe = {.rule = bend->rule, .scope = MX_LIMIT_TOTAL}, *counter;
    struct promotion_coupon owned = {.id = bend->coupon}, *coupon;
    struct mx_str total = MX_STR_INIT("total");
    struct promotion_use_rec use = {.rec = {.has = UINT64_MAX}, .order = bend->order, .source = MX_STR_INIT("vandal"), .rule = bend->rule,
                                    .kind = PROMOTION_USE, .uses = bend->by, .scopes = {&total, 1, sizeof(total)}};
    mx_status st;
    (void)out;
    if (bend->group.len) return bend_group(ctx, bend);
    if (bend->batch.len) return bend_batch(ctx, bend);
    if (bend->order.len) return mx_put(ctx, &uses, &use);
    if (bend->coupon.len) {
        st = mx_get(ctx, &coupons, &owned, &coupon);
        if (st != MX_OK) return MX_E_IO;
        coupon->uses += bend->by;
        return mx_put(ctx, &coupons, coupon);
    }
    st = mx_get(ctx, &counters, &probe, &counter);
    if (st != MX_OK) return MX_E_IO;
    counter->amount += bend->by;
    return mx_put(ctx, &counters, counter);
}

/* What a sale or a return would book, asked directly. */
struct book {
    struct mx_str rule;
    struct mx_str coupon;
    struct mx_str order;
    int64_t uses;
    int64_t amount;
    int64_t max;
    uint8_t back;
};

static const struct mx_field book_fields[] = {
    MX_F_STR(book, rule, MX_REQUIRED, 1, 64, "rule"),
    MX_F_STR(book, coupon, 0, 0, 64, "coupon"),
    MX_F_STR(book, order, MX_REQUIRED, 1, 64, "order"),
    MX_F_INT(book, uses, 0, 0, MX_INT_MAX, "times"),
    MX_F_INT(book, amount, 0, 0, MX_INT_MAX, "money"),
    MX_F_INT(book, max, 0, 0, MX_INT_MAX, "limit of money in total"),
    MX_F_BOOL(book, back, 0, "give back"),
};
MX_TYPE(book, "vandal.book", "what is booked");

static mx_status book_it(struct mx_ctx *ctx, const void *in, void *out) {
    const struct book *book = in;
    struct mx_offer_limit limit = {.scope = MX_LIMIT_TOTAL, .of = MX_LIMIT_MONEY, .max = book->max};
    struct mx_use_line line = {.rule = book->rule, .voucher = book->coupon, .uses = book->uses, .amount = book->amount,
                               .limits = {&limit, book->max ? 1 : 0, sizeof(limit)}};
    struct mx_promotion_use use = {.order = book->order, .source = book->back ? mx_str_of("ret_1") : book->order,
                                   .lines = {&line, 1, sizeof(line)}};
    struct mx_promotion_used used;
    (void)out;
    return mx_call(ctx, book->back ? &mx_promotion_give_back : &mx_promotion_count, &use, &used);
}

static const struct mx_op book_op = {.size = sizeof(struct mx_op), .name = "vandal.book", .doc = "Book.", .permission = "vandal",
                                     .in = &book_type, .handler = book_it, .since = "0.3"};
static const struct mx_use *const vandal_uses[] = {&mx_promotion_count, &mx_promotion_give_back, NULL};
static const struct mx_op bend_op = {.size = sizeof(struct mx_op), .name = "vandal.bend", .doc = "Bend.", .permission = "vandal",
                                     .in = &bend_type, .handler = bend_it, .since = "0.3"};
static const struct mx_op *const ops[] = {&bend_op, &book_op, NULL};

MX_PLUGIN(vandal) {
    static const struct mx_plugin plugin = {.size = sizeof(struct mx_plugin), .abi_major = MX_ABI_MAJOR, .abi_minor = MX_ABI_MINOR,
                                            .name = "vandal", .version = "1", .summary = "bends records", .ops = ops, .uses = vandal_uses};
    return &plugin;
}
"""


class Books(LimitsTest):
    """`merx verify` finds a counter or a coupon that is not what the ledger says: a hostile plugin bends them."""

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

    def found(self, words):
        findings = self.shop.ok("system.verify")["findings"]
        self.assertTrue(any(words in line for line in findings), (words, findings))

    def test_the_second_lock_on_the_door(self):
        """Whoever sells, and whatever it was priced at: what is counted is checked again when it is counted."""
        order = lambda n: "ord_%026d" % n
        book = lambda n, **more: {"rule": "lock", "order": order(n), "uses": 1, "amount": 60, "max": 100, **more}
        self.shop.ok("vandal.book", book(1))
        answer = self.refused(409, "limit_reached", "lines", "vandal.book", book(2))
        self.assertIn('"lock" has reached its limit (total money)', answer["detail"])
        self.shop.ok("vandal.book", book(2, amount=40))
        self.assertEqual(self.counter("lock")[2], 100)
        made = self.shop.ok("promotions.coupon.issue", {"rule": "lock"})["coupon"]["id"]
        self.shop.ok("vandal.book", book(3, max=0, coupon=made))
        self.refused(409, "coupon_used", "lines", "vandal.book", book(4, max=0, coupon=made))
        self.refused(409, "coupon_not_usable", "lines", "vandal.book", book(4, max=0, coupon="cpn_" + "0" * 26))
        own = self.shop.ok("promotions.coupon.issue", {"rule": "lock", "member": self.members[0]})["coupon"]["id"]
        self.refused(409, "coupon_not_usable", "lines", "vandal.book", book(4, max=0, coupon=own))
        self.shop.ok("vandal.book", book(2, back=True, uses=9, amount=900))
        self.assertEqual(self.counter("lock"), (1, 0, 60), "never more than was used")
        self.shop.ok("vandal.book", book(77, back=True))
        self.shop.ok("vandal.book", book(3, back=True, coupon=made))
        self.assertEqual(self.shop.ok("promotions.coupon.get", {"id": made})["coupon"]["state"], "usable")
        self.sound()

    def test_counters_are_listed_page_by_page(self):
        for member in self.members:
            self.place(("DAILY", 1000), member=member)
        whole = self.shop.ok("promotions.limits.list", {"rule": "daily"})["counters"]
        seen, after = [], {}
        while True:
            page = self.shop.ok("promotions.limits.list", {"rule": "daily", "limit": 2, **after})
            seen += page["counters"]
            if "next" not in page:
                break
            after = {"after": page["next"]}
        self.assertEqual((len(whole), seen), (3, whole), "the third found the day used up")
        self.refused(400, "bad_input", "after", "promotions.limits.list", {"rule": "daily", "after": "x"})

    def test_what_was_bent_is_found_and_named(self):
        made = self.shop.ok("promotions.coupon.issue", {"rule": "ten", "uses": 3})["coupon"]["id"]
        code = self.shop.ok("promotions.coupon.reveal", {"id": made})["code"]
        order = self.place(("WHOLE", 3000), coupons=[code])["order"]["id"]
        self.back(order, 1)
        self.sound()
        for by in (1, -1):
            self.shop.ok("vandal.bend", {"rule": "whole", "by": by})
            if by > 0:
                self.found("the counters of the promotion whole are not what its uses say: in total")
        self.sound()
        for by in (1, -1):
            self.shop.ok("vandal.bend", {"coupon": made, "by": by})
            if by > 0:
                self.found("the coupons of the promotion ten say 2 uses, the ledger says 1")
        self.sound()
        self.shop.ok("vandal.bend", {"coupon": made, "by": 3})
        self.found("coupon %s was used more often than it may be" % made)
        self.shop.ok("vandal.bend", {"coupon": made, "by": -3})
        self.shop.ok("vandal.bend", {"rule": "whole", "order": order, "by": 1})
        self.found("the counters of the promotion whole")

    def test_a_return_takes_no_counter_below_nothing(self):
        order = self.place(("BUDGET", 1000))["order"]
        self.assertEqual(order["discount"], 130)
        self.shop.ok("vandal.bend", {"rule": "budget", "by": -100})
        self.found("the counters of the promotion budget")
        self.back(order["id"], 1)
        self.assertEqual(self.counter("budget"), (0, 0, 0), "below nothing it would let more be spent than the budget")

    def test_groups_and_batches_that_were_bent_are_found(self):
        owner, first, second = self.members
        self.shop.ok("promotions.campaign.put", {"rule": "together", "size": 3, "hours": 24})
        self.shop.ok("promotions.campaign.put", {"rule": "haggle", "floor": 100, "cut": 500, "helpers": 5, "hours": 24})
        group = self.shop.ok("promotions.group.open", {"rule": "together", "member": owner})["code"]
        self.shop.ok("promotions.group.join", {"code": group, "member": first})
        bargain = self.shop.ok("promotions.bargain.open", {"rule": "haggle", "member": owner, "sku": "TEA", "location": "store-1"})["code"]
        for helper in (first, second):  # the second one finds only 400 left above the floor
            self.shop.ok("promotions.bargain.help", {"code": bargain, "member": helper})
        batch = self.shop.ok("promotions.batch.make", {"rule": "ten", "count": 3})["batch"]["id"]
        while self.shop.ok("promotions.batch.get", {"id": batch})["batch"]["state"] != "ready":
            time.sleep(0.005)
        self.sound()
        for bend, by, words in (({"group": group}, -1, "who takes part in %s says 1, there are 2" % group),
                                ({"group": group}, 1, "%s" % group),
                                ({"group": bargain, "amount": True}, 1, "helpers did not take off what is said of the bargain %s" % bargain),
                                ({"group": bargain}, 1, "who takes part in %s says 3, there are 2" % bargain),
                                ({"batch": batch}, -1, "the batch %s says 2, there are 3" % batch)):
            self.shop.ok("vandal.bend", {**bend, "by": by})
            self.found(words)
            self.shop.ok("vandal.bend", {**bend, "by": -by})
            self.sound()


if __name__ == "__main__":
    unittest.main()
