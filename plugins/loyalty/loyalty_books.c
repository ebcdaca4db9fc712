/* The ledger: each movement stands under the id whose lots it moves, and its balance goes with it. */
#include "internal.h"

enum column { EARNED, REVERSED, SPENT, EXPIRED, TAKEN, NO_COLUMN };

/* What a kind of movement moves. */
struct effect {
    enum column column;
    int by;   /* of the column */
    int sign; /* of the balance */
    int owed;
};

static const struct effect effects[] = {
    [LOYALTY_EARN] = {EARNED, 1, 1, 0},      [LOYALTY_REVERSE] = {REVERSED, 1, -1, 0},   [LOYALTY_SPEND] = {SPENT, 1, -1, 0},
    [LOYALTY_UNSPEND] = {SPENT, -1, 1, 0},   [LOYALTY_EXPIRE] = {EXPIRED, 1, -1, 0},     [LOYALTY_SEND] = {TAKEN, 1, -1, 0},
    [LOYALTY_RECEIVE] = {EARNED, 1, 1, 0},   [LOYALTY_GRANT] = {EARNED, 1, 1, 0},        [LOYALTY_TAKE] = {TAKEN, 1, -1, 0},
    [LOYALTY_OWING] = {NO_COLUMN, 0, -1, 1}, [LOYALTY_SETTLE] = {TAKEN, 1, 0, -1},       [LOYALTY_WRITE_OFF] = {NO_COLUMN, 0, 0, 0},
    [LOYALTY_REPAY] = {TAKEN, 1, -1, 0},     [LOYALTY_REPAID] = {NO_COLUMN, 0, 1, -1},   [LOYALTY_BORROW] = {EARNED, 1, 0, 1},
    [LOYALTY_UNSEND] = {TAKEN, -1, 1, 0},    [LOYALTY_UNREVERSE] = {REVERSED, -1, 1, 0},
};

static int is_kind(int32_t kind) { return kind >= LOYALTY_EARN && kind <= LOYALTY_UNREVERSE; }

int loyalty_sign(int32_t kind) { return is_kind(kind) ? effects[kind].sign : 0; }

int loyalty_owed_sign(int32_t kind) { return is_kind(kind) ? effects[kind].owed : 0; }

int loyalty_rest_sign(int32_t kind) {
    if (!is_kind(kind) || effects[kind].column == NO_COLUMN) return 0;
    return effects[kind].column == EARNED ? effects[kind].by : -effects[kind].by;
}

int64_t loyalty_rest(const struct loyalty_lot *lot) { return lot->earned - lot->reversed - lot->spent - lot->expired - lot->taken; }

/* Whether or not it was renewed. */
int loyalty_is_expired(const struct mx_ctx *ctx, const struct loyalty_lot *lot) {
    return lot->expires_at > 0 && lot->expires_at <= ctx->expiry_ms;
}

void loyalty_lot_renew(struct loyalty_lot *lot) {
    if (lot->ends_at) return;
    lot->ends_at = lot->expires_at ? lot->expires_at : MX_INT_MAX;
    lot->claimed = lot->reversed;
}

mx_status loyalty_lot_put(struct mx_ctx *ctx, struct loyalty_lot *lot) {
    loyalty_lot_renew(lot);
    lot->closed = (uint8_t)(loyalty_rest(lot) <= 0);
    lot->forgiven_of = lot->forgiven > 0 ? lot->member : (struct mx_str){NULL, 0};
    return mx_put(ctx, &loyalty_lots, lot);
}

static mx_status too_many(struct mx_ctx *ctx) { return mx_fail(ctx, MX_E_OUT_OF_RANGE, "points", "Nobody has so many points."); }

static mx_status booking_of(struct mx_ctx *ctx, struct loyalty_books *books, struct mx_str member, struct loyalty_booking **out) {
    struct loyalty_booking *booking;
    uint32_t i;
    mx_status st;
    for (i = 0; i < books->count; i++)
        if (mx_str_eq(books->bookings[i].movement.member, member)) {
            *out = &books->bookings[i];
            return MX_OK;
        }
    if (books->count == books->room) {
        uint32_t room = books->room ? 2 * books->room : 1;
        struct loyalty_booking *more = mx_alloc(ctx, room * sizeof(*more));
        if (books->count) memcpy(more, books->bookings, books->count * sizeof(*more));
        books->bookings = more;
        books->room = room;
    }
    *out = booking = &books->bookings[books->count++];
    memset(booking, 0, sizeof(*booking));
    booking->movement.kind = books->kind;
    booking->movement.member = member;
    booking->movement.source = books->source;
    booking->movement.reason = books->reason;
    if (!mx_str_eq(member, books->other)) booking->movement.other = books->other;
    booking->movement.at = books->at > 0 ? books->at : ctx->now_ms;
    booking->movement.booked = ctx->now_ms;
    booking->movement.runs = books->runs;
    booking->first_end = MX_INT_MAX;
    st = mx_next_number(ctx, "loyalty.movement", (struct mx_str){NULL, 0}, &booking->movement.seq);
    return st == MX_OK ? loyalty_balance_of(ctx, member, &booking->balance) : st;
}

/* A lot that is moved several times in a row stands in one part. */
static void add_part(struct mx_ctx *ctx, struct loyalty_booking *booking, const struct loyalty_lot *lot, int64_t points) {
    struct mx_list *parts = &booking->movement.parts;
    struct loyalty_part *part = parts->count ? mx_list_at(parts, parts->count - 1) : NULL;
    if (part && mx_str_eq(part->order, lot->order) && part->line == lot->line && part->run == lot->run) {
        part->points += points;
        return;
    }
    if (parts->count == booking->room) {
        uint32_t count = parts->count;
        struct mx_list more = mx_list_new(ctx, booking->room ? 2 * booking->room : 8, sizeof(struct loyalty_part));
        booking->room = more.count;
        if (count) memcpy(more.items, parts->items, count * sizeof(struct loyalty_part));
        *parts = more;
        parts->count = count;
    }
    part = mx_list_at(parts, parts->count++);
    part->order = lot->order;
    part->line = lot->line;
    part->run = lot->run;
    part->points = points;
}

static int64_t *lot_column(struct loyalty_lot *lot, enum column column) {
    int64_t *const columns[] = {&lot->earned, &lot->reversed, &lot->spent, &lot->expired, &lot->taken};
    return columns[column];
}

static int64_t *balance_column(struct loyalty_balance *balance, enum column column) {
    int64_t *const columns[] = {&balance->earned, &balance->reversed, &balance->spent, &balance->expired, &balance->taken};
    return columns[column];
}

mx_status loyalty_move(struct mx_ctx *ctx, struct loyalty_books *books, struct loyalty_lot *lot, int64_t points) {
    const struct effect *effect = &effects[books->kind];
    struct loyalty_booking *booking;
    int64_t *column = lot_column(lot, effect->column), *sum;
    mx_status st = booking_of(ctx, books, lot->member, &booking);
    if (st != MX_OK) return st;
    sum = balance_column(&booking->balance, effect->column);
    if (!mx_add(*column, effect->by * points, column) || !mx_add(*sum, effect->by * points, sum) ||
        !mx_add(booking->balance.points, effect->sign * points, &booking->balance.points) ||
        !mx_add(booking->movement.points, points, &booking->movement.points) || !mx_add(books->points, points, &books->points))
        return too_many(ctx);
    booking->balance.owed += effect->owed * points;
    if (books->runs.count) lot->movement = booking->movement.seq;
    if (loyalty_rest(lot) < 0 || *column < 0) return mx_fail(ctx, MX_E_INTERNAL, NULL, "More points would leave a lot than are in it.");
    add_part(ctx, booking, lot, points);
    st = loyalty_lot_put(ctx, lot);
    if (loyalty_rest(lot) > 0 && lot->ends_at < booking->first_end) booking->first_end = lot->ends_at;
    return st;
}

mx_status loyalty_move_bare(struct mx_ctx *ctx, struct loyalty_books *books, struct mx_str member, int64_t points) {
    const struct effect *effect = &effects[books->kind];
    struct loyalty_booking *booking;
    int64_t *sum;
    mx_status st = booking_of(ctx, books, member, &booking);
    if (st != MX_OK) return st;
    sum = effect->owed ? &booking->balance.owed : &booking->balance.written_off;
    if (!mx_add(*sum, effect->owed < 0 ? -points : points, sum) ||
        !mx_add(booking->balance.points, effect->sign * points, &booking->balance.points) ||
        !mx_add(booking->movement.points, points, &booking->movement.points) || !mx_add(books->points, points, &books->points))
        return too_many(ctx);
    return MX_OK;
}

/* One due time for each id, for the first of its lots that expires: later ones are found when it comes. */
static mx_status see_to_expiry(struct mx_ctx *ctx, struct loyalty_booking *booking) {
    struct loyalty_balance_ask ask = {.member = booking->movement.member};
    struct mx_str body;
    mx_status st;
    if (booking->first_end == MX_INT_MAX || (booking->balance.expiry_due && booking->balance.expiry_due <= booking->first_end))
        return MX_OK;
    booking->balance.expiry_due = booking->first_end;
    st = ctx->op->encode(ctx, &loyalty_balance_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, booking->first_end, LOYALTY_EXPIRE_OP, ask.member, body) : st;
}

static mx_status tell(struct mx_ctx *ctx, const struct loyalty_booking *booking) {
    const struct loyalty_movement *movement = &booking->movement;
    struct loyalty_moved moved = {movement->member, movement->source, movement->points, booking->balance.points};
    struct loyalty_changed changed = {movement->member, movement->kind, movement->source, movement->points, booking->balance.points};
    if (movement->kind == LOYALTY_EARN) return mx_emit(ctx, &loyalty_earned_event, &moved);
    if (movement->kind == LOYALTY_REVERSE) return mx_emit(ctx, &loyalty_reversed_event, &moved);
    return mx_emit(ctx, &loyalty_changed_event, &changed);
}

mx_status loyalty_close(struct mx_ctx *ctx, struct loyalty_books *books) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < books->count; i++) {
        struct loyalty_booking *booking = &books->bookings[i];
        st = mx_put(ctx, &loyalty_movements, &booking->movement);
        if (st == MX_OK) st = see_to_expiry(ctx, booking);
        if (st == MX_OK) st = mx_put(ctx, &loyalty_balances, &booking->balance);
        if (st == MX_OK) st = tell(ctx, booking);
    }
    return st;
}
