/* rules.backtest: what a draft's promotions would have made of the shop's past receipts.
 *
 * Receipts come page by page in order of time, each as it was sold: goods, prices, member, what was counted of her then. A
 * page is a slice of its own: nothing of it is held when the next one is read. */
#include <stdio.h>

#include "script/backtest.h"
#include "script/backtest_wire.h"

#define RECEIPTS_A_SLICE 50 /* so many fit into memory that is used again and again */

struct run {
    struct mx_ctx *ctx;
    struct backtest_side draft, live;
    int against_live;
    int imported; /* all prices set by hand are base prices */
    struct mx_past_ask ask;
    int64_t done, total;
    struct backtest_sums *sums;
    struct backtest_costs costs;
};

/* ---- which receipts ---- */

/* A day of the shop's calendar: when it begins, or with `end` when the next one does. */
static mx_status read_day(struct mx_ctx *ctx, const char *field, struct mx_str text, int end, int64_t *at) {
    struct base_civil civil = {0}, back;
    const struct base_zone *zone = base_zone_get(mx_shop_of(ctx)->zone);
    char copy[11] = "";
    int used = 0;
    if (text.len == 10) memcpy(copy, text.ptr, 10);
    if (sscanf(copy, "%4d-%2d-%2d%n", &civil.year, &civil.month, &civil.day, &used) == 3 && used == 10 && civil.year >= 1970 &&
        civil.month >= 1 && civil.month <= 12 && civil.day >= 1 && civil.day <= 31) {
        *at = base_civil_to_ms(zone, &civil);
        base_civil_from_ms(zone, *at, &back);
        if (back.day == civil.day) {
            civil.day += end;
            *at = base_civil_to_ms(zone, &civil);
            return MX_OK;
        }
    }
    return mx_fail(ctx, MX_E_BAD_INPUT, field, "A day looks like 2026-11-27.");
}

static mx_status read_ask(struct run *run, const struct backtest_ask *ask) {
    struct mx_ctx *ctx = run->ctx;
    mx_status st = MX_OK;
    run->ask.limit = RECEIPTS_A_SLICE;
    run->ask.from = ask->from;
    run->ask.until = ask->to;
    run->ask.location = ask->location;
    run->against_live = ask->against == BACKTEST_LIVE;
    run->imported = ask->imported;
    if (ask->from_day.len && ask->from) return mx_fail(ctx, MX_E_BAD_INPUT, "from_day", "Give either from or from_day.");
    if (ask->to_day.len && ask->to) return mx_fail(ctx, MX_E_BAD_INPUT, "to_day", "Give either to or to_day.");
    if (ask->from_day.len) st = read_day(ctx, "from_day", ask->from_day, 0, &run->ask.from);
    if (st == MX_OK && ask->to_day.len) st = read_day(ctx, "to_day", ask->to_day, 1, &run->ask.until);
    if (st == MX_OK && run->ask.until && run->ask.until <= run->ask.from)
        return mx_fail(ctx, MX_E_BAD_INPUT, ask->to_day.len ? "to_day" : "to", "The end is not behind the beginning.");
    return st;
}

static mx_status ask_past(struct run *run, struct mx_past_page *page) {
    mx_status st = mx_ask(run->ctx, &mx_point_past, &run->ask, page);
    if (st == MX_DECLINED)
        return mx_fail(run->ctx, MX_E_NOT_FOUND, NULL, "Nobody here keeps past receipts: the plugin for orders is missing.");
    return st;
}

static mx_status count_receipts(struct run *run) {
    struct mx_past_page page = {0};
    mx_status st;
    run->ask.count_only = 1;
    st = ask_past(run, &page);
    run->ask.count_only = 0;
    run->total = page.count;
    return st;
}

/* ---- one receipt ---- */

/* What was brought in has no other prices than those of its receipts. */
static void take_prices(const struct run *run, const struct mx_past *past) {
    uint32_t i;
    if (!past->imported && !run->imported) return;
    for (i = 0; i < past->cart->lines.count; i++) ((struct mx_cart_line *)mx_list_at(&past->cart->lines, i))->overridden = 0;
}

/* Rules may lead a receipt out of the range of money: that is said, and the run goes on. */
static mx_status price_side(struct run *run, struct backtest_side *side, const struct mx_past *past, struct backtest_priced *out,
                            int *refused) {
    mx_status st = backtest_price(side, run->ctx, past->cart, out);
    if (st != MX_E_OUT_OF_RANGE && st != MX_E_BAD_INPUT) return st;
    *refused = 1;
    return MX_OK;
}

static mx_status try_receipt(struct run *run, const struct mx_past *past) {
    struct backtest_pair pair = {past, past->total, past->tax, past->discount, NULL};
    struct backtest_priced before = {0}, after = {0};
    int refused = 0;
    mx_status st = backtest_costs_fill(&run->costs, run->ctx, past->cart);
    take_prices(run, past);
    if (st == MX_OK && run->against_live) st = price_side(run, &run->live, past, &before, &refused);
    if (st == MX_OK && !refused) st = price_side(run, &run->draft, past, &after, &refused);
    if (st != MX_OK) return st;
    if (run->against_live) {
        pair.total_before = before.priced.total;
        pair.tax_before = before.priced.tax;
        pair.discount_before = before.priced.discount;
    }
    pair.after = &after;
    if (refused)
        backtest_sums_refused(run->sums);
    else
        backtest_sums_add(run->sums, &pair);
    return MX_OK;
}

/* `next` outlives the page: it is copied into `cursor`. */
static mx_status try_page(struct run *run, char *cursor, size_t room, int *more) {
    struct mx_past_page page = {0};
    mx_status st = mx_slice(run->ctx);
    uint32_t i;
    if (st == MX_OK) st = ask_past(run, &page);
    for (i = 0; st == MX_OK && i < page.receipts.count; i++) {
        st = mx_progress(run->ctx, run->done, run->total > run->done ? run->total : run->done);
        if (st == MX_OK) st = try_receipt(run, mx_list_at(&page.receipts, i));
        run->done++;
    }
    if (st == MX_OK) st = mx_progress(run->ctx, run->done, run->total > run->done ? run->total : run->done);
    if (st == MX_OK && page.next.len >= room) st = mx_fail(run->ctx, MX_E_INTERNAL, NULL, "The place in the receipts is too long.");
    if (st != MX_OK) return st;
    *more = page.next.len > 0;
    memcpy(cursor, page.next.ptr ? page.next.ptr : "", page.next.len);
    run->ask.after = mx_str_n(cursor, page.next.len);
    return MX_OK;
}

static mx_status try_all(struct run *run) {
    char cursor[2048];
    int more = 1;
    mx_status st = count_receipts(run);
    while (st == MX_OK && more) st = try_page(run, cursor, sizeof(cursor), &more);
    mx_slices_end(run->ctx);
    return st;
}

/* ---- the operation ---- */

static mx_status open_sides(struct run *run, const struct backtest_ask *ask) {
    mx_status st = script_draft_open(run->ctx, ask->draft, &run->draft.trying);
    if (st == MX_OK && run->against_live) {
        st = script_live_open(run->ctx, &run->live.trying);
        if (st != MX_OK) script_trying_end(&run->draft.trying);
    }
    return st;
}

static mx_status run_sides(struct run *run, struct backtest_report *out) {
    struct base_arena *arena = base_arena_new(64 * 1024);
    int64_t began_us = base_steady_us();
    mx_status st;
    backtest_books_init(&run->draft.books, arena);
    backtest_books_init(&run->live.books, arena);
    backtest_costs_init(&run->costs, arena);
    run->sums = backtest_sums_new(arena);
    st = try_all(run);
    if (st == MX_OK) backtest_sums_report(run->sums, run->ctx, &run->draft, base_steady_us() - began_us, out);
    backtest_sums_free(run->sums);
    backtest_costs_fini(&run->costs);
    backtest_books_fini(&run->draft.books);
    backtest_books_fini(&run->live.books);
    base_arena_free(arena);
    return st;
}

static mx_status backtest(struct mx_ctx *ctx, const void *in, void *out) {
    struct run run = {.ctx = ctx};
    mx_status st = read_ask(&run, in);
    if (st == MX_OK) st = open_sides(&run, in);
    if (st != MX_OK) return st;
    st = run_sides(&run, out);
    script_trying_end(&run.draft.trying);
    if (run.against_live) script_trying_end(&run.live.trying);
    return st;
}

const struct mx_op script_op_rules_backtest = {
    sizeof(struct mx_op),
    MX_OP_QUERY | MX_OP_HEAVY,
    "rules.backtest",
    "Price past receipts again with a draft's promotions, in order of time: what would have changed",
    "rules.backtest",
    &backtest_ask_type,
    &backtest_report_type,
    backtest,
    NULL,
    MX_HOME_HERE,
    MX_OFFLINE_REFUSE,
    "0.3"};
