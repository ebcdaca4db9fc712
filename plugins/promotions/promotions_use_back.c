/* promotions.give_back: what a return gives back, never more than the sale used up and earlier returns left. It reverses what
 * the ledger says of the sale, so the counters of that day and that member move, whatever the rules say today. */
#include "use.h"

/* What an order used up of a rule with a coupon, and what is left of it. */
struct used {
    const struct promotion_use_rec *entry;
    struct promotions_part left;
};

struct history {
    struct used *used;
    uint32_t count;
    uint32_t room;
};

static struct used *used_of(struct history *history, struct mx_str rule, struct mx_str coupon) {
    uint32_t i;
    for (i = 0; i < history->count; i++)
        if (mx_str_eq(history->used[i].left.rule, rule) && mx_str_eq(history->used[i].left.coupon, coupon)) return &history->used[i];
    return NULL;
}

static struct used *used_new(struct mx_ctx *ctx, struct history *history) {
    if (history->count == history->room) {
        struct used *more = mx_alloc(ctx, (history->room * 2 + 16) * sizeof(*more));
        if (history->count) memcpy(more, history->used, history->count * sizeof(*more));
        history->used = more;
        history->room = history->room * 2 + 16;
    }
    return &history->used[history->count++];
}

static void add_entry(struct mx_ctx *ctx, struct history *history, const struct promotion_use_rec *entry) {
    struct used *used = used_of(history, entry->rule, entry->coupon);
    int64_t sign = entry->kind == PROMOTION_USE ? 1 : -1;
    if (!used) {
        used = used_new(ctx, history);
        used->left.rule = entry->rule;
        used->left.coupon = entry->coupon;
    }
    if (entry->kind == PROMOTION_USE) used->entry = entry;
    used->left.uses += sign * entry->uses;
    used->left.units += sign * entry->units;
    used->left.amount += sign * entry->amount;
}

static mx_status read_history(struct mx_ctx *ctx, struct mx_str order, struct history *history) {
    struct promotion_use_rec probe = {.order = order}, *entry = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &promotions_uses, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &entry)) == MX_OK) add_entry(ctx, history, entry);
    return st == MX_DONE ? MX_OK : st;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static mx_status free_coupon(struct mx_ctx *ctx, struct mx_str id) {
    struct promotion_coupon *coupon = NULL;
    mx_status st = promotions_coupon_get(ctx, id, &coupon);
    if (st != MX_OK || coupon->uses == 0) return st == MX_NONE ? MX_OK : st;
    coupon->uses--;
    return mx_put(ctx, &promotions_coupons, coupon);
}

static mx_status uncount(struct mx_ctx *ctx, const struct promotion_use_rec *sale, const struct promotions_part *part) {
    const struct promotions_booking booking = {.member = sale->member, .day = sale->day};
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < sale->scopes.count; i++) {
        int32_t scope = MX_LIMIT_TOTAL;
        while (scope < MX_LIMIT_MEMBER_DAY && !mx_str_is(mx_list_str(&sale->scopes, i), mx_limit_scope_words[scope - 1])) scope++;
        st = promotions_count(ctx, &booking, part, scope, -1);
    }
    return st;
}

/* A use of the coupon comes back with the last use of its rule. */
static mx_status give_part(struct mx_ctx *ctx, const struct mx_promotion_use *back, struct promotions_part part, struct used *used) {
    const struct promotion_use_rec *sale = used->entry;
    struct promotion_use_rec entry = {.order = back->order, .source = back->source, .rule = part.rule, .coupon = part.coupon};
    mx_status st;
    part.uses = least(part.uses, used->left.uses);
    part.units = least(part.units, used->left.units);
    part.amount = least(part.amount, used->left.amount);
    if (part.uses == 0 && part.units == 0 && part.amount == 0) return MX_OK;
    entry.coupons = sale->coupons && part.uses > 0 && part.uses == used->left.uses;
    st = uncount(ctx, sale, &part);
    if (st == MX_OK && entry.coupons) st = free_coupon(ctx, part.coupon);
    if (st != MX_OK) return st;
    entry.kind = PROMOTION_BACK;
    entry.member = sale->member;
    entry.day = sale->day;
    entry.at = ctx->now_ms;
    entry.uses = part.uses;
    entry.units = part.units;
    entry.amount = part.amount;
    entry.scopes = sale->scopes;
    return mx_put(ctx, &promotions_uses, &entry);
}

mx_status promotions_give_back_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_promotion_use *back = in;
    struct mx_promotion_used *given = out;
    struct history history = {NULL, 0, 0};
    struct promotions_part *parts;
    uint32_t count = promotions_parts(ctx, back, 1, &parts), i;
    mx_status st = read_history(ctx, back->order, &history);
    for (i = 0; st == MX_OK && i < count; i++) {
        struct used *used = used_of(&history, parts[i].rule, parts[i].coupon);
        if (!used || !used->entry) continue;
        st = give_part(ctx, back, parts[i], used);
        given->rules++;
    }
    return st;
}
