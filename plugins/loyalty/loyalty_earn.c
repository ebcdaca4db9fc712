/* Points that come: of a sale, and of what is no sale. */
#include "internal.h"

static void date_lot(const struct loyalty_settings *settings, struct loyalty_lot *lot) {
    if (!mx_add(lot->at, settings->available_after_ms, &lot->available_at)) lot->available_at = MX_INT_MAX;
    if (settings->expires_after_ms > 0 && !mx_add(lot->at, settings->expires_after_ms, &lot->expires_at)) lot->expires_at = MX_INT_MAX;
}

/* What was owed is paid by the first points that come. */
static mx_status settle(struct mx_ctx *ctx, const struct loyalty_books *earned, struct loyalty_lot *lots, uint32_t count,
                        int64_t *balance) {
    struct loyalty_books books = {.kind = LOYALTY_SETTLE, .source = earned->source, .at = earned->at};
    int64_t owed = earned->count ? earned->bookings[0].balance.owed : 0;
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < count && owed > 0; i++) {
        int64_t rest = loyalty_rest(&lots[i]), part = rest < owed ? rest : owed;
        owed -= part;
        if (part > 0) st = loyalty_move(ctx, &books, &lots[i], part);
    }
    if (st == MX_OK && books.count) st = loyalty_close(ctx, &books);
    if (st == MX_OK && books.count) *balance = books.bookings[0].balance.points;
    return st;
}

static mx_status book(struct mx_ctx *ctx, struct loyalty_books *books, struct loyalty_lot *lots, const int64_t *points, uint32_t count,
                      struct mx_points_moved *moved) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < count; i++) st = loyalty_move(ctx, books, &lots[i], points[i]);
    if (st == MX_OK) st = loyalty_close(ctx, books);
    if (st != MX_OK) return st;
    moved->points = books->points;
    moved->balance = books->bookings[0].balance.points;
    return settle(ctx, books, lots, count, &moved->balance);
}

mx_status loyalty_earn_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_points_move *move = in;
    struct mx_points_moved *moved = out;
    struct loyalty_books books = {.kind = LOYALTY_EARN, .source = move->source, .at = move->at};
    struct loyalty_lot *lots = mx_alloc(ctx, ((size_t)move->parts.count + 1) * sizeof(*lots));
    int64_t *points = mx_alloc(ctx, ((size_t)move->parts.count + 1) * sizeof(*points));
    struct loyalty_settings settings;
    struct loyalty_balance balance;
    uint32_t i, count = 0;
    mx_status st = loyalty_settings_now(ctx, &settings);
    for (i = 0; st == MX_OK && i < move->parts.count; i++) {
        const struct mx_points_part *part = mx_list_at(&move->parts, i);
        if (part->points == 0) continue;
        lots[count] = (struct loyalty_lot){.member = move->member, .order = part->order, .line = part->line, .run = part->run};
        lots[count].at = move->at > 0 ? move->at : ctx->now_ms;
        date_lot(&settings, &lots[count]);
        points[count++] = part->points;
    }
    if (st == MX_OK && count) return book(ctx, &books, lots, points, count, moved);
    if (st == MX_OK) st = loyalty_balance_of(ctx, move->member, &balance);
    if (st == MX_OK) moved->balance = balance.points;
    return st;
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
    date_lot(&settings, &lot);
    lot.available_at = grant->available_at > lot.at ? grant->available_at : lot.at;
    if (grant->expires_at > 0) lot.expires_at = grant->expires_at;
    return book(ctx, &books, &lot, &grant->points, 1, moved);
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
