/* The points of a member, under all her ids: balance and movements. */
#include "internal.h"

#include <stdlib.h>

static void show_lot(const struct loyalty_lot *lot, struct loyalty_lot_view *view) {
    view->order = lot->order;
    view->line = lot->line;
    view->run = lot->run;
    view->earned = lot->earned;
    view->rest = loyalty_rest(lot);
    view->available_at = lot->available_at;
    view->expires_at = lot->expires_at;
}

/* The newest first. */
static int compare(const void *a_, const void *b_) {
    const struct loyalty_lot *a = *(struct loyalty_lot *const *)a_, *b = *(struct loyalty_lot *const *)b_;
    int order;
    if (a->at != b->at) return a->at < b->at ? 1 : -1;
    order = mx_str_cmp(b->order, a->order);
    if (order) return order;
    if (a->line != b->line) return a->line < b->line ? 1 : -1;
    return a->run < b->run ? 1 : a->run > b->run ? -1 : 0;
}

static void count_lot(const struct mx_ctx *ctx, const struct loyalty_lot *lot, struct loyalty_balance_view *view) {
    int64_t rest = loyalty_rest(lot);
    *(lot->available_at > ctx->expiry_ms ? &view->pending : &view->available) += rest;
    if (lot->expires_at == 0) return;
    if (view->expiring_at == 0 || lot->expires_at < view->expiring_at) {
        view->expiring_at = lot->expires_at;
        view->expiring = 0;
    }
    if (lot->expires_at == view->expiring_at) view->expiring += rest;
}

mx_status loyalty_show(struct mx_ctx *ctx, const struct mx_list *members, uint32_t most, struct loyalty_balance_view *view) {
    struct loyalty_customer customer = {.members = *members};
    struct loyalty_purse purse;
    uint32_t i, kept = 0;
    mx_status st = loyalty_gather_all(ctx, members, &purse);
    if (st == MX_OK) st = loyalty_sum(ctx, &customer, &view->points, &view->owed);
    if (st != MX_OK) return st;
    for (i = 0; i < purse.count; i++) {
        if (loyalty_is_expired(ctx, purse.lots[i])) continue;
        purse.lots[kept++] = purse.lots[i];
        count_lot(ctx, purse.lots[i], view);
    }
    view->points = view->available + view->pending - view->owed; /* what expired is gone, booked or not */
    if (kept) qsort(purse.lots, kept, sizeof(struct loyalty_lot *), compare);
    view->lots = mx_list_new(ctx, kept < most ? kept : most, sizeof(struct loyalty_lot_view));
    for (i = 0; i < view->lots.count; i++) show_lot(purse.lots[i], mx_list_at(&view->lots, i));
    view->more = kept > most;
    return MX_OK;
}

mx_status loyalty_balance_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct loyalty_balance_ask *ask = in;
    struct loyalty_customer customer;
    mx_status st = loyalty_customer(ctx, ask->member, "member", &customer);
    return st == MX_OK ? loyalty_show(ctx, &customer.members, LOYALTY_LOTS_MAX, out) : st;
}

/* ---- movements ---- */

struct walk {
    struct mx_scan *scan;
    struct loyalty_movement *movement;
};

static mx_status advance(struct mx_ctx *ctx, struct walk *walk) {
    mx_status st = mx_scan_next(ctx, walk->scan, &walk->movement);
    if (st == MX_DONE) walk->movement = NULL;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status open_walk(struct mx_ctx *ctx, struct mx_str member, int64_t before, struct walk *walk) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "member", .from = 1, .reverse = 1};
    struct loyalty_movement probe = {.member = member, .seq = before ? before - 1 : MX_INT_MAX, .rec = {.has = UINT64_MAX}};
    mx_status st = mx_scan_open(ctx, &loyalty_movements, &opts, &probe, &walk->scan);
    return st == MX_OK ? advance(ctx, walk) : st;
}

static struct walk *newest(struct walk *walks, uint32_t count) {
    struct walk *best = NULL;
    uint32_t i;
    for (i = 0; i < count; i++)
        if (walks[i].movement && (!best || walks[i].movement->seq > best->movement->seq)) best = &walks[i];
    return best;
}

static void show_movement(const struct loyalty_movement *movement, struct loyalty_history_row *row) {
    row->seq = movement->seq;
    row->kind = movement->kind;
    row->member = movement->member;
    row->source = movement->source;
    row->reason = movement->reason;
    row->at = movement->at;
    row->points = loyalty_sign(movement->kind) * movement->points;
}

mx_status loyalty_history_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct loyalty_history_ask *ask = in;
    struct loyalty_history *history = out;
    struct loyalty_customer customer;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : LOYALTY_PAGE, i;
    struct walk *walks, *walk;
    mx_status st = loyalty_customer(ctx, ask->member, "member", &customer);
    if (st != MX_OK) return st;
    walks = mx_alloc(ctx, customer.members.count * sizeof(*walks));
    for (i = 0; st == MX_OK && i < customer.members.count; i++)
        st = open_walk(ctx, mx_list_str(&customer.members, i), ask->before, &walks[i]);
    history->movements = mx_list_new(ctx, limit, sizeof(struct loyalty_history_row));
    for (i = 0; st == MX_OK && i < limit && (walk = newest(walks, customer.members.count)) != NULL; i++) {
        show_movement(walk->movement, mx_list_at(&history->movements, i));
        st = advance(ctx, walk);
    }
    history->movements.count = i;
    if (st == MX_OK && i == limit && newest(walks, customer.members.count))
        history->next = ((const struct loyalty_history_row *)mx_list_at(&history->movements, i - 1))->seq;
    return st;
}
