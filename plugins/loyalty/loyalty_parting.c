/* Two customers part who never were one: what the one used of the other's points, while they counted as one, is owed.
 *
 * The lender's lots get their points back, with the end that they have. The borrower gets as many, owed, in lots of her own that are
 * spent at once for the same document: so a refund pays her debt, and otherwise the first points that come to her do. */
#include "internal.h"

#include <stdio.h>

#include "merx/retail/person.h"

#define MOVES_MAX    10000 /* movements of one id that are looked at */
#define PARTS_MAX    1000  /* parts of movements that one command sets right: so much may be written at once */
#define SETTLED_MAX  500   /* lots that pay a debt at once; what is left of it is paid by what comes next */
#define PAYMENTS_MAX 64    /* by points, of one sale */

struct parting {
    struct mx_str merge; /* empty: nothing is booked, only counted */
    int64_t since;
    struct loyalty_customer lender; /* one of the two */
    struct mx_str *seen;            /* documents that were looked at */
    uint32_t count;
    uint32_t parts;
    int64_t points; /* borrowed from the lender */
};

static int lends(const struct parting *parting, struct mx_str member) {
    uint32_t i = 0;
    while (i < parting->lender.members.count && !mx_str_eq(mx_list_str(&parting->lender.members, i), member)) i++;
    return i < parting->lender.members.count;
}

/* ---- setting right ---- */

/* What was given and owed goes where the lender's points had gone. */
static mx_status take_for(struct mx_ctx *ctx, const struct parting *parting, int32_t kind, const struct mx_list *lots,
                          const int64_t *points) {
    struct loyalty_books borrowed = {.kind = LOYALTY_BORROW, .source = parting->merge};
    struct loyalty_books taken = {.kind = kind, .source = parting->merge};
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < lots->count; i++) st = loyalty_move(ctx, &borrowed, mx_list_at(lots, i), points[i]);
    if (st == MX_OK) st = loyalty_close(ctx, &borrowed);
    for (i = 0; st == MX_OK && i < lots->count; i++) st = loyalty_move(ctx, &taken, mx_list_at(lots, i), points[i]);
    return st == MX_OK ? loyalty_close(ctx, &taken) : st;
}

/* A lot of the borrower's, with the end of the lender's. */
static mx_status lot_like(struct mx_ctx *ctx, const struct loyalty_spent_part *part, struct mx_str member, struct loyalty_lot *lot) {
    struct loyalty_lot probe = {.member = part->member, .order = part->order, .line = part->line, .run = part->run}, *lent = NULL;
    mx_status st = mx_get(ctx, &loyalty_lots, &probe, &lent);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_DAMAGED, NULL, "A lot that points were taken of is missing.");
    if (st != MX_OK) return st;
    lot->member = member;
    lot->at = ctx->now_ms;
    lot->available_at = ctx->expiry_ms;
    lot->expires_at = lent->expires_at;
    return MX_OK;
}

/* ---- what was spent ---- */

static int64_t borrowed_of(const struct parting *parting, const struct loyalty_spending *spending, uint32_t *parts) {
    int64_t points = 0;
    uint32_t i;
    *parts = 0;
    for (i = 0; i < spending->parts.count && parting->parts + *parts < PARTS_MAX && !lends(parting, spending->member); i++) {
        const struct loyalty_spent_part *part = mx_list_at(&spending->parts, i);
        if (part->points == part->back || !lends(parting, part->member)) continue;
        points += part->points - part->back;
        ++*parts;
    }
    return points;
}

static mx_status unspend(struct mx_ctx *ctx, struct parting *parting, struct loyalty_spending *spending, int64_t points, uint32_t count) {
    const struct loyalty_books why = {.kind = LOYALTY_UNSPEND, .source = parting->merge};
    struct mx_list lent = mx_list_new(ctx, count, sizeof(struct loyalty_spent_part));
    struct mx_list lots = mx_list_new(ctx, count, sizeof(struct loyalty_lot));
    int64_t *each = mx_alloc(ctx, count * sizeof(*each));
    uint32_t i, at = 0;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && at < count; i++) {
        struct loyalty_spent_part *part = mx_list_at(&spending->parts, i);
        struct loyalty_lot *lot = mx_list_at(&lots, at);
        if (part->points == part->back || !lends(parting, part->member)) continue;
        *(struct loyalty_spent_part *)mx_list_at(&lent, at) = *part;
        each[at++] = part->points - part->back;
        st = lot_like(ctx, part, spending->member, lot);
        lot->order = part->order = spending->document;
        lot->line = part->line = (int64_t)i + 1;
        lot->run = part->run = 1;
        part->member = spending->member;
    }
    if (st == MX_OK) st = loyalty_give_parts(ctx, &parting->lender, &lent, points, &why);
    if (st == MX_OK) st = take_for(ctx, parting, LOYALTY_SPEND, &lots, each);
    return st == MX_OK ? mx_put(ctx, &loyalty_spendings, spending) : st;
}

static mx_status look_at(struct mx_ctx *ctx, struct parting *parting, struct loyalty_spending *spending) {
    uint32_t parts, i;
    int64_t points = borrowed_of(parting, spending, &parts);
    for (i = 0; i < parting->count; i++)
        if (mx_str_eq(parting->seen[i], spending->document)) return MX_OK;
    if (points == 0) return MX_OK;
    parting->seen[parting->count++] = spending->document;
    parting->parts += parts;
    parting->points += points;
    return parting->merge.len ? unspend(ctx, parting, spending, points, parts) : MX_OK;
}

/* A movement says what a payment paid, or for what else points were spent. */
static mx_status look_at_spendings(struct mx_ctx *ctx, struct parting *parting, struct mx_str source) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "order"};
    struct loyalty_spending probe = {.order = source}, *spending = NULL;
    struct mx_list found = mx_list_new(ctx, PAYMENTS_MAX, sizeof(struct loyalty_spending *));
    struct mx_scan *scan = NULL;
    uint32_t count = 0, i;
    mx_status st = loyalty_spending_of(ctx, source, &spending);
    if (st == MX_OK) return look_at(ctx, parting, spending);
    if (st == MX_NONE) st = mx_scan_open(ctx, &loyalty_spendings, &opts, &probe, &scan);
    while (st == MX_OK && count < PAYMENTS_MAX && (st = mx_scan_next(ctx, scan, &spending)) == MX_OK)
        *(struct loyalty_spending **)mx_list_at(&found, count++) = spending;
    if (st == MX_DONE) st = MX_OK;
    for (i = 0; st == MX_OK && i < count; i++) st = look_at(ctx, parting, *(struct loyalty_spending **)mx_list_at(&found, i));
    return st;
}

/* ---- what was sent, paid for a debt, or taken by hand or for goods that came back ---- */

static int is_other_use(int32_t kind) {
    return kind == LOYALTY_SEND || kind == LOYALTY_REPAY || kind == LOYALTY_TAKE || kind == LOYALTY_REVERSE;
}

/* A lot remembers what of it was taken for other sales. */
static mx_status unlend(struct mx_ctx *ctx, const struct loyalty_movement *used, uint32_t count) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < count; i++) {
        const struct loyalty_part *part = mx_list_at(&used->parts, i);
        struct loyalty_lot probe = {.member = used->member, .order = part->order, .line = part->line, .run = part->run}, *lot = NULL;
        st = mx_get(ctx, &loyalty_lots, &probe, &lot);
        if (st != MX_OK) return st;
        lot->lent = lot->lent > part->points ? lot->lent - part->points : 0;
        st = loyalty_lot_put(ctx, lot);
    }
    return st;
}

/* The borrower's lot for a movement: where it stands, that was set right already, when another merge was taken back. */
static struct mx_str name_of(struct mx_ctx *ctx, const struct loyalty_movement *used) {
    char text[32];
    snprintf(text, sizeof(text), "mov_%lld", (long long)used->seq);
    return mx_dup(ctx, mx_str_of(text));
}

/* The first parts of it, which sum to so many points. */
static mx_status undo(struct mx_ctx *ctx, struct parting *parting, const struct loyalty_movement *used, uint32_t count, int64_t points) {
    const struct loyalty_books why = {.kind = used->kind == LOYALTY_REVERSE ? LOYALTY_UNREVERSE : LOYALTY_UNSEND, .source = parting->merge};
    struct mx_list parts = mx_list_new(ctx, count, sizeof(struct loyalty_spent_part));
    struct mx_list lots = mx_list_new(ctx, 1, sizeof(struct loyalty_lot));
    struct loyalty_lot *lot = mx_list_at(&lots, 0);
    uint32_t i;
    mx_status st = used->kind == LOYALTY_REVERSE ? unlend(ctx, used, count) : MX_OK;
    for (i = 0; i < parts.count; i++) {
        const struct loyalty_part *part = mx_list_at(&used->parts, i);
        *(struct loyalty_spent_part *)mx_list_at(&parts, i) = (struct loyalty_spent_part){
            .member = used->member, .order = part->order, .line = part->line, .run = part->run, .points = part->points};
    }
    if (st == MX_OK && parts.count) st = lot_like(ctx, mx_list_at(&parts, 0), used->other, lot);
    lot->order = name_of(ctx, used);
    if (st == MX_OK) st = loyalty_give_parts(ctx, &parting->lender, &parts, points, &why);
    return st == MX_OK ? take_for(ctx, parting, used->kind, &lots, &points) : st;
}

/* What was done for the lender herself is done. */
static mx_status look_at_use(struct mx_ctx *ctx, struct parting *parting, const struct loyalty_movement *used) {
    struct loyalty_lot probe = {.member = used->other}, *known = NULL;
    uint32_t room = PARTS_MAX - parting->parts, count = used->parts.count < room ? used->parts.count : room, i;
    int64_t points = 0;
    mx_status st;
    if (lends(parting, used->other) || count == 0) return MX_OK;
    probe.order = name_of(ctx, used);
    st = mx_get(ctx, &loyalty_lots, &probe, &known);
    if (st != MX_NONE) return st;
    for (i = 0; i < count; i++) points += ((const struct loyalty_part *)mx_list_at(&used->parts, i))->points;
    parting->parts += count;
    parting->points += points;
    return parting->merge.len ? undo(ctx, parting, used, count, points) : MX_OK;
}

/* ---- everything that moved ---- */

/* Their numbers alone: a sale's movement says much, and there may be thousands that are not wanted. */
static mx_status gather_moves(struct mx_ctx *ctx, const struct parting *parting, struct mx_str member, int64_t *moves, uint32_t *count) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "member", .reverse = 1, .lend = 1};
    struct loyalty_movement probe = {.member = member}, *movement = NULL;
    struct mx_scan *scan = NULL;
    uint32_t seen = 0;
    mx_status st = mx_scan_open(ctx, &loyalty_movements, &opts, &probe, &scan);
    *count = 0;
    while (st == MX_OK && *count < PARTS_MAX && seen++ < MOVES_MAX && (st = mx_scan_next(ctx, scan, &movement)) == MX_OK) {
        if (movement->booked < parting->since) break; /* `at` may be a time of the past */
        if (movement->kind == LOYALTY_SPEND || (is_other_use(movement->kind) && movement->other.len)) moves[(*count)++] = movement->seq;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status look_through(struct mx_ctx *ctx, struct parting *parting, struct mx_str member) {
    int64_t *moves = mx_alloc(ctx, PARTS_MAX * sizeof(*moves));
    uint32_t count, i;
    mx_status st = gather_moves(ctx, parting, member, moves, &count);
    for (i = 0; st == MX_OK && i < count; i++) {
        struct loyalty_movement probe = {.seq = moves[i]}, *movement = NULL;
        st = mx_get(ctx, &loyalty_movements, &probe, &movement);
        if (st != MX_OK) return st;
        st = is_other_use(movement->kind) ? look_at_use(ctx, parting, movement) : look_at_spendings(ctx, parting, movement->source);
    }
    return st;
}

static mx_status member_of(struct mx_ctx *ctx, struct mx_str person, struct mx_str *member) {
    const struct mx_member_of_ask ask = {.person = person};
    struct mx_member_of found;
    mx_status st;
    memset(&found, 0, sizeof(found));
    st = mx_ask(ctx, &mx_point_member_of, &ask, &found);
    if (st == MX_OK) *member = found.member;
    return st;
}

/* What was borrowed of this person's customer. MX_DECLINED: she is no member. */
static mx_status part_from(struct mx_ctx *ctx, struct parting *parting, struct mx_str person) {
    struct mx_str member;
    uint32_t i;
    mx_status st = member_of(ctx, person, &member);
    if (st == MX_OK) st = loyalty_customer(ctx, member, NULL, &parting->lender);
    parting->seen = mx_alloc(ctx, PARTS_MAX * sizeof(*parting->seen));
    for (i = 0; st == MX_OK && i < parting->lender.members.count; i++)
        st = look_through(ctx, parting, mx_list_str(&parting->lender.members, i));
    return st;
}

mx_status loyalty_borrowed_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_unmerge_ask *ask = in;
    struct mx_unsplit *unsplit = out;
    struct parting from = {.since = ask->since}, into = {.since = ask->since};
    mx_status st = part_from(ctx, &from, ask->from);
    if (st == MX_OK) st = part_from(ctx, &into, ask->into);
    if (st != MX_OK) return st;
    unsplit->count = from.points + into.points;
    unsplit->what = mx_str_of("points_borrowed");
    unsplit->note = mx_str_of("One spent so many points of the other's: these are back, and whoever spent them owes them.");
    return unsplit->count ? MX_OK : MX_DECLINED;
}

/* What the borrower has pays at once. */
static mx_status settle_now(struct mx_ctx *ctx, struct mx_str member, struct mx_str merge) {
    const struct loyalty_books came = {.source = merge};
    struct loyalty_customer customer;
    struct loyalty_purse purse;
    int64_t points, owed, paid;
    uint32_t i;
    mx_status st = loyalty_customer(ctx, member, NULL, &customer);
    if (st == MX_OK) st = loyalty_sum(ctx, &customer, &points, &owed);
    if (st != MX_OK || owed == 0) return st;
    st = loyalty_gather(ctx, &customer, owed, &purse);
    for (i = 0; st == MX_OK && i < purse.count && i < SETTLED_MAX; i++)
        st = loyalty_settle(ctx, &customer.members, purse.lots[i], loyalty_rest(purse.lots[i]), &came, &paid);
    return st;
}

mx_status loyalty_hear_unmerged(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_persons_merged *parted = data;
    const struct mx_str persons[] = {parted->from, parted->into};
    mx_status st = MX_OK;
    uint32_t i;
    (void)event;
    for (i = 0; st == MX_OK && i < 2; i++) {
        struct parting parting = {.merge = parted->merge, .since = parted->since};
        struct mx_str other;
        st = part_from(ctx, &parting, persons[i]);
        if (st == MX_OK && parting.points) st = member_of(ctx, persons[1 - i], &other);
        if (st == MX_OK && parting.points) st = settle_now(ctx, other, parted->merge);
    }
    return st == MX_DECLINED ? MX_OK : st;
}
