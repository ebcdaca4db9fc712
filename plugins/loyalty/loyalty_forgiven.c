/* What a return wanted of points that were spent, and the shop wrote off, is taken once spent points come back: first from the lot that
 * they had been spent of, then from any other, as the return would have done had they been there. */
#include "internal.h"

/* The customer's next lot of which something was written off; of those that got points back, the very one in hand. */
static mx_status next_forgiven(struct mx_ctx *ctx, const struct mx_list *members, const struct loyalty_came_back *back,
                               struct loyalty_lot **lot) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "forgiven"};
    mx_status st = MX_DONE;
    uint32_t i;
    for (i = 0; st == MX_DONE && i < members->count; i++) {
        struct loyalty_lot probe = {.forgiven_of = mx_list_str(members, i)};
        struct mx_scan *scan = NULL;
        st = mx_scan_open(ctx, &loyalty_lots, &opts, &probe, &scan);
        if (st == MX_OK) st = mx_scan_next(ctx, scan, lot);
    }
    for (i = 0; st == MX_OK && i < back->count; i++) {
        const struct loyalty_lot *held = back->lots[i];
        if (mx_str_eq(held->member, (*lot)->member) && mx_str_eq(held->order, (*lot)->order) && held->line == (*lot)->line &&
            held->run == (*lot)->run)
            *lot = back->lots[i];
    }
    return st;
}

static mx_status take_own(struct mx_ctx *ctx, struct loyalty_books *books, const struct loyalty_came_back *back) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < back->count; i++) {
        struct loyalty_lot *lot = back->lots[i];
        int64_t part = lot->forgiven < back->points[i] ? lot->forgiven : back->points[i];
        if (part == 0) continue;
        back->points[i] -= part;
        lot->forgiven -= part;
        lot->covered -= part;
        st = loyalty_move(ctx, books, lot, part);
    }
    return st;
}

/* A movement says for which id its lots were used. */
static mx_status turn_to(struct mx_ctx *ctx, struct loyalty_books *books, struct mx_str member) {
    mx_status st;
    if (mx_str_eq(books->other, member)) return MX_OK;
    st = loyalty_close(ctx, books);
    *books = (struct loyalty_books){.kind = books->kind, .source = books->source, .other = member, .at = books->at};
    return st;
}

/* The lot gives its points for the sale of another: its own return will want them from elsewhere. */
static mx_status take_for_others(struct mx_ctx *ctx, struct loyalty_books *books, const struct mx_list *members,
                                 const struct loyalty_came_back *back, uint32_t at) {
    struct loyalty_lot *lot = back->lots[at], *other = NULL;
    mx_status st = MX_OK;
    while (st == MX_OK && back->points[at] > 0 && (st = next_forgiven(ctx, members, back, &other)) == MX_OK) {
        int64_t part = other->forgiven < back->points[at] ? other->forgiven : back->points[at];
        back->points[at] -= part;
        other->forgiven -= part;
        st = loyalty_lot_put(ctx, other);
        if (st == MX_OK) st = turn_to(ctx, books, other->member);
        lot->lent += part;
        if (st == MX_OK) st = loyalty_move(ctx, books, lot, part);
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status loyalty_take_forgiven(struct mx_ctx *ctx, const struct mx_list *members, const struct loyalty_came_back *back, int lives_on,
                                const struct loyalty_books *why) {
    struct loyalty_books books = {.kind = LOYALTY_REVERSE, .source = why->source, .at = why->at};
    uint32_t i;
    mx_status st = take_own(ctx, &books, back);
    for (i = 0; st == MX_OK && i < back->count; i++)
        if (lives_on || !loyalty_is_expired(ctx, back->lots[i])) st = take_for_others(ctx, &books, members, back, i);
    return st == MX_OK ? loyalty_close(ctx, &books) : st;
}
