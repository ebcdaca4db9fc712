/* Points that come: of a sale, and of what is no sale. */
#include "internal.h"

/* The last moment of the year so many after that of the lot; points that may be used later than that have until the end of that year. */
static int64_t year_end(struct mx_ctx *ctx, const struct loyalty_lot *lot, int64_t years) {
    const struct mx_str shop = {NULL, 0};
    struct mx_civil came, usable;
    int64_t year;
    mx_civil_of(ctx, shop, lot->at, &came);
    mx_civil_of(ctx, shop, lot->available_at, &usable);
    year = came.year + years > usable.year ? came.year + years : usable.year;
    return year < 9999 ? mx_day_begin(ctx, shop, mx_day_number(year + 1, 1, 1)) - 1 : MX_INT_MAX;
}

/* usable_at: when the points may be used, for those who say so; else as the settings say. */
static void date_lot(struct mx_ctx *ctx, const struct loyalty_settings *settings, int64_t usable_at, struct loyalty_lot *lot) {
    if (usable_at)
        lot->available_at = usable_at;
    else if (!mx_add(lot->at, settings->available_after_ms, &lot->available_at))
        lot->available_at = MX_INT_MAX;
    if (settings->expires_at_year_end)
        lot->expires_at = year_end(ctx, lot, settings->expires_after_years);
    else if (settings->expires_after_ms > 0 && !mx_add(lot->at, settings->expires_after_ms, &lot->expires_at))
        lot->expires_at = MX_INT_MAX;
}

static mx_status book(struct mx_ctx *ctx, struct loyalty_books *books, const struct mx_list *members, struct loyalty_lot *lot,
                      int64_t points, struct mx_points_moved *moved) {
    int64_t paid, balance, owed;
    struct loyalty_customer customer = {.members = *members};
    mx_status st = loyalty_move(ctx, books, lot, points);
    if (st == MX_OK) st = loyalty_close(ctx, books);
    if (st != MX_OK) return st;
    moved->points = books->points;
    moved->balance = books->bookings[0].balance.points;
    if (members->count == 1 && books->bookings[0].balance.owed == 0) return MX_OK;
    st = loyalty_settle(ctx, members, lot, points, books, &paid);
    if (st == MX_OK) st = loyalty_sum(ctx, &customer, &balance, &owed);
    if (st == MX_OK) moved->balance = balance;
    return st;
}

static mx_status members_of(struct mx_ctx *ctx, const struct mx_points_move *move, struct mx_list *members) {
    struct loyalty_customer customer;
    mx_status st;
    *members = move->members;
    if (members->count) return MX_OK;
    st = loyalty_customer(ctx, move->member, NULL, &customer);
    if (st == MX_OK) *members = customer.members;
    return st;
}

/* What the runs of one sale earned: lines of a sale share their dates, so they share a lot. */
static mx_status runs_of(struct mx_ctx *ctx, const struct mx_points_move *move, struct mx_str *order, struct mx_list *runs,
                         int64_t *points) {
    uint32_t i;
    *runs = mx_list_new(ctx, move->parts.count, sizeof(struct loyalty_run));
    runs->count = 0;
    *points = 0;
    for (i = 0; i < move->parts.count; i++) {
        const struct mx_points_part *part = mx_list_at(&move->parts, i);
        if (part->points == 0) continue;
        if (order->len && !mx_str_eq(*order, part->order))
            return mx_fail(ctx, MX_E_BAD_INPUT, "parts", "Points are earned by one sale at a time.");
        *order = part->order;
        if (!mx_add(*points, part->points, points)) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "parts", "Nobody has so many points.");
        *(struct loyalty_run *)mx_list_at(runs, runs->count++) = (struct loyalty_run){part->line, part->run, part->points};
    }
    return MX_OK;
}

mx_status loyalty_earn_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_points_move *move = in;
    struct mx_points_moved *moved = out;
    struct loyalty_books books = {.kind = LOYALTY_EARN, .source = move->source, .at = move->at};
    struct loyalty_lot lot = {.member = move->member, .at = move->at > 0 ? move->at : ctx->now_ms};
    struct loyalty_settings settings;
    struct loyalty_balance balance;
    struct mx_list members;
    int64_t points;
    mx_status st = runs_of(ctx, move, &lot.order, &books.runs, &points);
    if (st == MX_OK && points == 0) {
        st = loyalty_balance_of(ctx, move->member, &balance);
        if (st == MX_OK) moved->balance = balance.points;
        return st;
    }
    if (st == MX_OK) st = loyalty_settings_now(ctx, &settings);
    if (st == MX_OK) st = members_of(ctx, move, &members);
    if (st != MX_OK) return st;
    date_lot(ctx, &settings, 0, &lot);
    return book(ctx, &books, &members, &lot, points, moved);
}

/* The lot that a document gave this customer before, under whatever id. MX_NONE: it gave nothing yet. */
static mx_status given_before(struct mx_ctx *ctx, const struct loyalty_customer *customer, struct mx_str source, struct loyalty_lot **lot) {
    mx_status st = MX_NONE;
    uint32_t i;
    for (i = 0; st == MX_NONE && i < customer->members.count; i++) {
        struct loyalty_lot probe = {.member = mx_list_str(&customer->members, i), .order = source};
        st = mx_get(ctx, &loyalty_lots, &probe, lot);
    }
    return st;
}

mx_status loyalty_grant_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_points_book *grant = in;
    struct mx_points_moved *moved = out;
    struct loyalty_books books = {.kind = LOYALTY_GRANT, .source = grant->source, .reason = grant->reason, .at = grant->at};
    struct loyalty_lot lot = {.order = grant->source, .at = grant->at > 0 ? grant->at : ctx->now_ms}, *before = NULL;
    struct loyalty_settings settings;
    struct loyalty_customer customer;
    int64_t owed;
    mx_status st = loyalty_customer(ctx, grant->member, "member", &customer);
    if (st == MX_OK) st = given_before(ctx, &customer, grant->source, &before);
    if (st < 0) return st;
    if (st == MX_OK || grant->points == 0) {
        moved->points = before ? before->earned : 0;
        return loyalty_sum(ctx, &customer, &moved->balance, &owed);
    }
    st = loyalty_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    lot.member = customer.standing;
    date_lot(ctx, &settings, grant->available_at > lot.at ? grant->available_at : lot.at, &lot);
    if (grant->expires_at > 0) lot.expires_at = grant->expires_at;
    return book(ctx, &books, &customer.members, &lot, grant->points, moved);
}

/* What was spent of them meanwhile is taken from other lots, as a return does; a second time there is nothing left to take. */
mx_status loyalty_ungrant_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_points_book *ask = in;
    struct mx_points_move move = {.source = ask->source, .at = ask->at};
    struct mx_points_part *part;
    struct loyalty_customer customer;
    struct loyalty_lot *lot = NULL;
    int64_t owed;
    mx_status st = loyalty_customer(ctx, ask->member, "member", &customer);
    if (st == MX_OK) st = given_before(ctx, &customer, ask->source, &lot);
    if (st == MX_NONE) return loyalty_sum(ctx, &customer, &((struct mx_points_moved *)out)->balance, &owed);
    if (st != MX_OK) return st;
    loyalty_lot_renew(lot);
    move.member = lot->member;
    move.parts = mx_list_new(ctx, 1, sizeof(*part));
    part = mx_list_at(&move.parts, 0);
    *part = (struct mx_points_part){.order = lot->order, .line = lot->line, .run = lot->run, .points = lot->earned - lot->claimed};
    return loyalty_reverse_handler(ctx, &move, out);
}
