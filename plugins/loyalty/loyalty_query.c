/* The points of a member. */
#include "internal.h"

static int64_t rest_of(const struct loyalty_lot *lot) { return lot->earned - lot->reversed - lot->spent; }

static void show(const struct loyalty_lot *lot, struct loyalty_lot_view *view) {
    view->order = lot->order;
    view->line = lot->line;
    view->run = lot->run;
    view->earned = lot->earned;
    view->rest = rest_of(lot);
    view->available_at = lot->available_at;
    view->expires_at = lot->expires_at;
}

/* The newest lots with points left; a member's spent lots of many years are not all walked through. */
static mx_status list_lots(struct mx_ctx *ctx, struct mx_str member, struct loyalty_balance_view *out) {
    struct loyalty_lot probe = {.member = member}, *lot = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .reverse = 1};
    struct mx_scan *scan = NULL;
    uint32_t looked, count = 0;
    mx_status st = mx_scan_open(ctx, &loyalty_lots, &opts, &probe, &scan);
    out->lots = mx_list_new(ctx, LOYALTY_LOTS_MAX, sizeof(struct loyalty_lot_view));
    for (looked = 0; st == MX_OK && looked < LOYALTY_LOOK_MAX; looked++) {
        st = mx_scan_next(ctx, scan, &lot);
        if (st != MX_OK || rest_of(lot) <= 0) continue;
        if (count == LOYALTY_LOTS_MAX) break;
        show(lot, mx_list_at(&out->lots, count++));
    }
    out->lots.count = count;
    out->more = st == MX_OK;
    return st == MX_DONE ? MX_OK : st;
}

mx_status loyalty_balance_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct loyalty_balance_ask *ask = in;
    struct loyalty_balance_view *view = out;
    struct mx_member_ask member_ask = {.member = ask->member};
    struct mx_member_facts facts = {0};
    struct loyalty_balance balance;
    mx_status st = mx_ask(ctx, &mx_point_member, &member_ask, &facts);
    if (st == MX_DECLINED) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    if (st == MX_OK) st = loyalty_balance_of(ctx, ask->member, &balance);
    if (st != MX_OK) return st;
    view->points = balance.points;
    return list_lots(ctx, ask->member, view);
}
