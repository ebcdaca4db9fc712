/* Lots with points left, over all ids of a customer. An index keeps them in the order in which they are spent, and spent ones out of
 * the way: ten thousand of them cost nothing. */
#include "internal.h"

/* The open lots of one id. */
struct walk {
    struct mx_scan *scan;
    struct loyalty_lot *lot; /* the next one; NULL: at its end */
};

static mx_status advance(struct mx_ctx *ctx, struct walk *walk) {
    mx_status st = mx_scan_next(ctx, walk->scan, &walk->lot);
    if (st == MX_DONE) walk->lot = NULL;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status open_walk(struct mx_ctx *ctx, struct mx_str member, int reverse, struct walk *walk) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .index = "open", .reverse = (uint8_t)reverse};
    struct loyalty_lot probe = {.member = member};
    mx_status st = mx_scan_open(ctx, &loyalty_lots, &opts, &probe, &walk->scan);
    return st == MX_OK ? advance(ctx, walk) : st;
}

static mx_status open_walks(struct mx_ctx *ctx, const struct mx_list *members, int reverse, struct walk *walks) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < members->count; i++) st = open_walk(ctx, mx_list_str(members, i), reverse, &walks[i]);
    return st;
}

static int comes_first(const struct loyalty_lot *a, const struct loyalty_lot *b) {
    if (a->ends_at != b->ends_at) return a->ends_at < b->ends_at;
    return a->at < b->at;
}

/* The walk whose lot is next; NULL: all are at their end. */
static struct walk *next_of(struct walk *walks, uint32_t count, int reverse) {
    struct walk *best = NULL;
    uint32_t i;
    for (i = 0; i < count; i++) {
        if (!walks[i].lot) continue;
        if (!best || (reverse ? comes_first(best->lot, walks[i].lot) : comes_first(walks[i].lot, best->lot))) best = &walks[i];
    }
    return best;
}

static void add(struct mx_ctx *ctx, struct loyalty_purse *purse, struct loyalty_lot *lot) {
    if (purse->count == purse->room) {
        uint32_t room = purse->room ? 2 * purse->room : 16;
        struct loyalty_lot **more = mx_alloc(ctx, room * sizeof(struct loyalty_lot *));
        if (purse->count) memcpy(more, purse->lots, purse->count * sizeof(struct loyalty_lot *));
        purse->lots = more;
        purse->room = room;
    }
    purse->lots[purse->count++] = lot;
    if (!mx_add(purse->available, loyalty_rest(lot), &purse->available)) purse->available = MX_INT_MAX;
}

/* Lots of an earlier version stand first in the index. Their place is known only when they are written again. */
static mx_status renew_one(struct mx_ctx *ctx, struct mx_str member, uint32_t *left) {
    struct loyalty_lot **lots = NULL;
    struct loyalty_purse old = {0};
    struct walk walk;
    uint32_t i;
    mx_status st = open_walk(ctx, member, 0, &walk);
    while (st == MX_OK && walk.lot && walk.lot->ends_at == 0 && old.count < *left) {
        add(ctx, &old, walk.lot);
        st = advance(ctx, &walk);
    }
    lots = old.lots;
    for (i = 0; st == MX_OK && i < old.count; i++) st = loyalty_lot_put(ctx, lots[i]);
    *left -= old.count;
    return st;
}

mx_status loyalty_renew(struct mx_ctx *ctx, const struct loyalty_customer *customer) {
    uint32_t left = LOYALTY_RENEW_MAX, i;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < customer->members.count; i++) st = renew_one(ctx, mx_list_str(&customer->members, i), &left);
    return st;
}

mx_status loyalty_gather(struct mx_ctx *ctx, const struct loyalty_customer *customer, int64_t wanted, struct loyalty_purse *purse) {
    uint32_t count = customer->members.count;
    struct walk *walks = mx_alloc(ctx, (count + 1) * sizeof(*walks)), *walk;
    mx_status st = loyalty_renew(ctx, customer);
    memset(purse, 0, sizeof(*purse));
    if (st == MX_OK) st = open_walks(ctx, &customer->members, 0, walks);
    while (st == MX_OK && purse->available < wanted && (walk = next_of(walks, count, 0)) != NULL) {
        struct loyalty_lot *lot = walk->lot;
        if (loyalty_rest(lot) > 0 && !loyalty_is_expired(ctx, lot) && lot->available_at <= ctx->expiry_ms) add(ctx, purse, lot);
        st = advance(ctx, walk);
    }
    return st;
}

mx_status loyalty_gather_back(struct mx_ctx *ctx, const struct loyalty_customer *customer, int pending, int64_t wanted,
                              struct loyalty_purse *purse) {
    uint32_t count = customer->members.count;
    struct walk *walks = mx_alloc(ctx, (count + 1) * sizeof(*walks)), *walk;
    mx_status st = loyalty_renew(ctx, customer);
    memset(purse, 0, sizeof(*purse));
    if (st == MX_OK) st = open_walks(ctx, &customer->members, 1, walks);
    while (st == MX_OK && purse->available < wanted && (walk = next_of(walks, count, 1)) != NULL) {
        struct loyalty_lot *lot = walk->lot;
        if (loyalty_rest(lot) > 0 && !loyalty_is_expired(ctx, lot) && (lot->available_at > ctx->expiry_ms) == pending) add(ctx, purse, lot);
        st = advance(ctx, walk);
    }
    return st;
}

mx_status loyalty_gather_all(struct mx_ctx *ctx, const struct mx_list *members, struct loyalty_purse *purse) {
    mx_status st = MX_OK;
    uint32_t i;
    memset(purse, 0, sizeof(*purse));
    for (i = 0; st == MX_OK && i < members->count; i++) {
        struct walk walk;
        st = open_walk(ctx, mx_list_str(members, i), 0, &walk);
        while (st == MX_OK && walk.lot) {
            if (loyalty_rest(walk.lot) > 0) add(ctx, purse, walk.lot);
            st = advance(ctx, &walk);
        }
    }
    return st;
}

mx_status loyalty_take(struct mx_ctx *ctx, struct loyalty_books *books, const struct loyalty_purse *purse, int64_t points, int64_t *took) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < purse->count && points > 0; i++) {
        int64_t rest = loyalty_rest(purse->lots[i]), part = rest < points ? rest : points;
        if (took) took[i] = part;
        points -= part;
        st = loyalty_move(ctx, books, purse->lots[i], part);
    }
    return st;
}

mx_status loyalty_find(struct mx_ctx *ctx, const struct loyalty_customer *customer, int64_t points, const char *field,
                       struct loyalty_purse *purse) {
    int64_t balance = 0, owed = 0, wanted = 0, free_points;
    mx_status st = loyalty_sum(ctx, customer, &balance, &owed);
    if (st != MX_OK) return st;
    if (!mx_add(points, owed, &wanted)) wanted = MX_INT_MAX;
    st = loyalty_gather(ctx, customer, wanted, purse);
    if (st != MX_OK || purse->available >= wanted) return st;
    free_points = purse->available > owed ? purse->available - owed : 0;
    return mx_refuse(ctx, "points_short", field, "%lld points are wanted, and %lld may be used now.", (long long)points,
                     (long long)free_points);
}
