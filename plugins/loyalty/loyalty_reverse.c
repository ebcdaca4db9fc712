/* A return takes back what its goods had earned: from the lots that they earned, and what of those was spent from other lots, the last
 * expiring first. What is not to be had is written off, or owed: as the settings say. What expired unused is gone already.
 *
 * A lot remembers what it gave for others (lent) and what was written off of it (forgiven): so that its own return wants the first back
 * from elsewhere, and points that come back pay the second. */
#include "internal.h"

#include <stdio.h>

static const char *part_field(char *text, size_t size, uint32_t i) {
    snprintf(text, size, "parts[%u].points", (unsigned)i);
    return text;
}

/* Never more than the run earned and has not given back yet, whoever asks. missing: what of it was spent. */
static mx_status claim(struct mx_ctx *ctx, struct loyalty_books *books, struct mx_str member, const struct mx_points_part *part,
                       uint32_t at, int64_t *missing) {
    struct loyalty_lot probe = {.member = member, .order = part->order, .line = part->line, .run = part->run}, *lot = NULL;
    int64_t rest, own, used, left;
    char field[32];
    mx_status st = mx_get(ctx, &loyalty_lots, &probe, &lot);
    if (st < 0) return st;
    if (lot) loyalty_lot_renew(lot);
    if (!lot || part->points > lot->earned - lot->claimed)
        return mx_refuse(ctx, "points_not_there", part_field(field, sizeof(field), at), "Line %lld did not earn so many points.",
                         (long long)part->line);
    rest = loyalty_is_expired(ctx, lot) ? 0 : loyalty_rest(lot);
    own = rest < part->points ? rest : part->points;
    left = part->points - own;
    used = lot->spent + lot->taken + lot->lent - lot->covered;
    if (used < left) left = used > 0 ? used : 0;
    lot->claimed += part->points;
    lot->covered += left;
    *missing = left;
    return own > 0 ? loyalty_move(ctx, books, lot, own) : loyalty_lot_put(ctx, lot);
}

/* Take up to `wanted` from other lots; what could not be had stays in `wanted`. */
static mx_status take_elsewhere(struct mx_ctx *ctx, struct loyalty_books *books, const struct loyalty_customer *customer, int pending,
                                int64_t *wanted) {
    struct loyalty_purse purse;
    uint32_t i;
    mx_status st = *wanted ? loyalty_gather_back(ctx, customer, pending, *wanted, &purse) : MX_NONE;
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    for (i = 0; st == MX_OK && i<purse.count && * wanted> 0; i++) {
        struct loyalty_lot *lot = purse.lots[i];
        int64_t rest = loyalty_rest(lot), part = rest < *wanted ? rest : *wanted;
        *wanted -= part;
        lot->lent += part;
        st = loyalty_move(ctx, books, lot, part);
    }
    return st;
}

/* missing: what of each part was not in its own lot. */
static mx_status forgive(struct mx_ctx *ctx, const struct mx_points_move *move, const int64_t *missing, int64_t points) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = move->parts.count; st == MX_OK && points > 0 && i-- > 0;) {
        const struct mx_points_part *part = mx_list_at(&move->parts, i);
        struct loyalty_lot probe = {.member = move->member, .order = part->order, .line = part->line, .run = part->run}, *lot = NULL;
        int64_t share = missing[i] < points ? missing[i] : points;
        if (share == 0) continue;
        st = mx_get(ctx, &loyalty_lots, &probe, &lot);
        if (st != MX_OK) return st;
        points -= share;
        lot->forgiven += share;
        st = loyalty_lot_put(ctx, lot);
    }
    return st;
}

static mx_status let_go(struct mx_ctx *ctx, const struct mx_points_move *move, const struct loyalty_customer *customer,
                        const int64_t *missing, int64_t points, struct mx_points_moved *moved) {
    struct loyalty_books books = {.source = move->source, .at = move->at};
    struct loyalty_settings settings;
    mx_status st = loyalty_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    books.kind = settings.negative == LOYALTY_OWE ? LOYALTY_OWING : LOYALTY_WRITE_OFF;
    *(books.kind == LOYALTY_OWING ? &moved->points : &moved->written_off) += points;
    if (books.kind == LOYALTY_WRITE_OFF) st = forgive(ctx, move, missing, points);
    if (st == MX_OK) st = loyalty_move_bare(ctx, &books, customer->standing, points);
    return st == MX_OK ? loyalty_close(ctx, &books) : st;
}

mx_status loyalty_reverse_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_points_move *move = in;
    struct mx_points_moved *moved = out;
    struct loyalty_books books = {.kind = LOYALTY_REVERSE, .source = move->source, .at = move->at};
    struct loyalty_customer customer;
    int64_t *missing = mx_alloc(ctx, ((size_t)move->parts.count + 1) * sizeof(*missing)), elsewhere = 0, owed;
    uint32_t i;
    mx_status st = loyalty_customer(ctx, move->member, NULL, &customer);
    for (i = 0; st == MX_OK && i < move->parts.count; i++) {
        const struct mx_points_part *part = mx_list_at(&move->parts, i);
        if (part->points > 0) st = claim(ctx, &books, move->member, part, i, &missing[i]);
        elsewhere += missing[i];
    }
    if (st == MX_OK) st = take_elsewhere(ctx, &books, &customer, 0, &elsewhere);
    if (st == MX_OK) st = take_elsewhere(ctx, &books, &customer, 1, &elsewhere);
    if (st == MX_OK) st = loyalty_close(ctx, &books);
    if (st != MX_OK) return st;
    moved->points = books.points;
    if (elsewhere > 0) st = let_go(ctx, move, &customer, missing, elsewhere, moved);
    return st == MX_OK ? loyalty_sum(ctx, &customer, &moved->balance, &owed) : st;
}
