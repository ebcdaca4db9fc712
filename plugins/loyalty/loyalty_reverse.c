/* A return takes back what its goods had earned: from the lots that they earned, and what of those was spent from other lots, the last
 * expiring first. What is not to be had is written off, or owed: as the settings say. What expired unused is gone already.
 *
 * A lot remembers what it gave for others (lent) and what was written off of it (forgiven): so that its own return wants the first back
 * from elsewhere, and points that come back pay the second. */
#include "internal.h"

#include <stdio.h>

/* What is wanted back of one lot. */
struct claim {
    struct mx_str order;
    int64_t line, run;
    int64_t missing; /* what of it was spent */
};

struct taking {
    const struct mx_points_move *move;
    struct loyalty_books books;
    struct claim *claims;
    uint32_t count;
    int64_t elsewhere; /* missing in all */
};

static mx_status did_not_earn(struct mx_ctx *ctx, const struct mx_points_move *move, uint32_t at) {
    const struct mx_points_part *part = mx_list_at(&move->parts, at);
    char field[32];
    snprintf(field, sizeof(field), "parts[%u].points", (unsigned)at);
    return mx_refuse(ctx, "points_not_there", field, "Line %lld did not earn so many points.", (long long)part->line);
}

/* ---- whose lot it is ---- */

/* The lot of the sale, or the run's own, which an earlier version wrote. */
static mx_status lot_of(struct mx_ctx *ctx, struct mx_str member, const struct mx_points_part *part, struct loyalty_lot **lot) {
    struct loyalty_lot sale = {.member = member, .order = part->order};
    struct loyalty_lot run = {.member = member, .order = part->order, .line = part->line, .run = part->run};
    mx_status st = mx_get(ctx, &loyalty_lots, &sale, lot);
    if (st < 0 || (st == MX_OK && ((*lot)->movement || part->line == 0))) return st;
    return mx_get(ctx, &loyalty_lots, &run, lot);
}

/* Where a run stands among those of its sale; the search begins where the last one ended. Its count: nowhere. */
static uint32_t place_of(const struct mx_list *runs, int64_t line, int64_t number, uint32_t hint) {
    uint32_t i;
    for (i = 0; i < runs->count; i++) {
        uint32_t at = (hint + i) % runs->count;
        const struct loyalty_run *run = mx_list_at(runs, at);
        if (run->line == line && run->run == number) return at;
    }
    return runs->count;
}

/* What is wanted back of each run already, beside what it earned. */
static int64_t *claimed_by_run(struct mx_ctx *ctx, const struct loyalty_lot *lot, const struct mx_list *runs) {
    int64_t *claimed = mx_alloc(ctx, ((size_t)runs->count + 1) * sizeof(*claimed));
    uint32_t i, at = 0;
    for (i = 0; i < lot->claims.count; i++) {
        const struct loyalty_run *claim = mx_list_at(&lot->claims, i);
        at = place_of(runs, claim->line, claim->run, at);
        if (at < runs->count) claimed[at] += claim->points;
    }
    return claimed;
}

static void keep_claims(struct mx_ctx *ctx, struct loyalty_lot *lot, const struct mx_list *runs, const int64_t *claimed) {
    uint32_t i;
    lot->claims = mx_list_new(ctx, runs->count, sizeof(struct loyalty_run));
    lot->claims.count = 0;
    for (i = 0; i < runs->count; i++) {
        const struct loyalty_run *run = mx_list_at(runs, i);
        if (claimed[i] == 0) continue;
        *(struct loyalty_run *)mx_list_at(&lot->claims, lot->claims.count++) = (struct loyalty_run){run->line, run->run, claimed[i]};
    }
}

/* Never more than a run earned and has not given back yet, whoever asks: parts from `at` on, as long as they are of this sale. */
static mx_status claim_runs(struct mx_ctx *ctx, const struct mx_points_move *move, struct loyalty_lot *lot, uint32_t *at, int64_t *points) {
    struct loyalty_movement probe = {.seq = lot->movement}, *earned = NULL;
    int64_t *claimed;
    uint32_t place = 0;
    mx_status st = mx_get(ctx, &loyalty_movements, &probe, &earned);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_DAMAGED, NULL, "The movement that says what a sale earned is missing.");
    if (st != MX_OK) return st;
    if (lot->claimed == lot->earned) return did_not_earn(ctx, move, *at);
    claimed = claimed_by_run(ctx, lot, &earned->runs);
    for (; *at < move->parts.count; ++*at) {
        const struct mx_points_part *part = mx_list_at(&move->parts, *at);
        if (!mx_str_eq(part->order, lot->order)) break;
        if (part->points == 0) continue;
        place = place_of(&earned->runs, part->line, part->run, place);
        if (place == earned->runs.count ||
            part->points > ((const struct loyalty_run *)mx_list_at(&earned->runs, place))->points - claimed[place])
            return did_not_earn(ctx, move, *at);
        claimed[place] += part->points;
        *points += part->points;
    }
    keep_claims(ctx, lot, &earned->runs, claimed);
    if (lot->claimed + *points == lot->earned) lot->claims.count = 0;
    return MX_OK;
}

/* ---- what it still has ---- */

static mx_status take_own(struct mx_ctx *ctx, struct loyalty_books *books, struct loyalty_lot *lot, int64_t points, int64_t *missing) {
    int64_t rest = loyalty_is_expired(ctx, lot) ? 0 : loyalty_rest(lot), own = rest < points ? rest : points, left = points - own;
    int64_t used = lot->spent + lot->taken + lot->lent - lot->covered;
    if (used < left) left = used > 0 ? used : 0;
    lot->claimed += points;
    lot->covered += left;
    *missing = left;
    return own > 0 ? loyalty_move(ctx, books, lot, own) : loyalty_lot_put(ctx, lot);
}

/* The lot of the part at `at`, with all parts of the same lot that follow. */
static mx_status claim(struct mx_ctx *ctx, struct taking *taking, uint32_t *at) {
    const struct mx_points_part *part = mx_list_at(&taking->move->parts, *at);
    struct claim *claim = &taking->claims[taking->count];
    struct loyalty_lot *lot = NULL;
    int64_t points = part->points;
    mx_status st;
    if (points == 0) {
        ++*at;
        return MX_OK;
    }
    st = lot_of(ctx, taking->move->member, part, &lot);
    if (st < 0) return st;
    if (st == MX_NONE) return did_not_earn(ctx, taking->move, *at);
    loyalty_lot_renew(lot);
    if (lot->movement) {
        points = 0;
        st = claim_runs(ctx, taking->move, lot, at, &points);
        if (st != MX_OK) return st;
    } else if (points > lot->earned - lot->claimed) {
        return did_not_earn(ctx, taking->move, *at);
    } else {
        ++*at;
    }
    *claim = (struct claim){.order = lot->order, .line = lot->line, .run = lot->run};
    taking->count++;
    st = take_own(ctx, &taking->books, lot, points, &claim->missing);
    taking->elsewhere += claim->missing;
    return st;
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

/* What was not in its own lot is written off there. */
static mx_status forgive(struct mx_ctx *ctx, const struct taking *taking, int64_t points) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = taking->count; st == MX_OK && points > 0 && i-- > 0;) {
        const struct claim *claim = &taking->claims[i];
        struct loyalty_lot probe = {.member = taking->move->member, .order = claim->order, .line = claim->line, .run = claim->run};
        struct loyalty_lot *lot = NULL;
        int64_t share = claim->missing < points ? claim->missing : points;
        if (share == 0) continue;
        st = mx_get(ctx, &loyalty_lots, &probe, &lot);
        if (st != MX_OK) return st;
        points -= share;
        lot->forgiven += share;
        st = loyalty_lot_put(ctx, lot);
    }
    return st;
}

/* It is owed under the id that had earned it: should two part who are none, the other owes nothing of it. */
static mx_status let_go(struct mx_ctx *ctx, const struct taking *taking, int64_t points, struct mx_points_moved *moved) {
    struct loyalty_books books = {.source = taking->move->source, .at = taking->move->at};
    struct loyalty_settings settings;
    mx_status st = loyalty_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    books.kind = settings.negative == LOYALTY_OWE ? LOYALTY_OWING : LOYALTY_WRITE_OFF;
    *(books.kind == LOYALTY_OWING ? &moved->points : &moved->written_off) += points;
    if (books.kind == LOYALTY_WRITE_OFF) st = forgive(ctx, taking, points);
    if (st == MX_OK) st = loyalty_move_bare(ctx, &books, taking->move->member, points);
    return st == MX_OK ? loyalty_close(ctx, &books) : st;
}

mx_status loyalty_reverse_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_points_move *move = in;
    struct mx_points_moved *moved = out;
    struct taking taking = {.move = move,
                            .books = {.kind = LOYALTY_REVERSE, .source = move->source, .other = move->member, .at = move->at}};
    struct loyalty_customer customer;
    int64_t wanted, owed;
    uint32_t at = 0;
    mx_status st = loyalty_customer(ctx, move->member, NULL, &customer);
    taking.claims = mx_alloc(ctx, ((size_t)move->parts.count + 1) * sizeof(*taking.claims));
    while (st == MX_OK && at < move->parts.count) st = claim(ctx, &taking, &at);
    wanted = taking.elsewhere;
    if (st == MX_OK) st = take_elsewhere(ctx, &taking.books, &customer, 0, &wanted);
    if (st == MX_OK) st = take_elsewhere(ctx, &taking.books, &customer, 1, &wanted);
    if (st == MX_OK) st = loyalty_close(ctx, &taking.books);
    if (st != MX_OK) return st;
    moved->points = taking.books.points;
    if (wanted > 0) st = let_go(ctx, &taking, wanted, moved);
    return st == MX_OK ? loyalty_sum(ctx, &customer, &moved->balance, &owed) : st;
}
