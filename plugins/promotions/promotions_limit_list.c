/* promotions.limits.list: what was used up of a promotion, scope by scope. */
#include "coupon.h"
#include "ops.h"

static void show(const struct promotion_counter *counter, struct limit_view *view) {
    view->scope = counter->scope;
    view->member = counter->who;
    view->day = counter->day;
    view->uses = counter->uses;
    view->units = counter->units;
    view->amount = counter->amount;
}

static mx_status list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct limits_ask *ask = in;
    struct limits_page *page = out;
    struct promotion_counter probe = {.rule = ask->rule}, *counter = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .after = ask->after};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : PROMOTIONS_LIST, count = 0;
    struct mx_scan *scan = NULL;
    struct mx_str cursor = {NULL, 0};
    mx_status st = promotions_cursor(ctx, mx_scan_open(ctx, &promotions_counters, &opts, &probe, &scan));
    page->counters = mx_list_new(ctx, limit, sizeof(struct limit_view));
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &counter)) == MX_OK) {
        if (count == limit) {
            page->next = cursor;
            break;
        }
        cursor = mx_scan_cursor(ctx, scan);
        show(counter, mx_list_at(&page->counters, count++));
    }
    page->counters.count = count;
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op promotions_limits_list_op =
    PROMOTIONS_OP(MX_OP_QUERY, "promotions.limits.list", "Show what was used up of a promotion's limits.", "promotions.read",
                  &limits_ask_type, &limits_page_type, list_handler);
