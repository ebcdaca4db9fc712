/* Earning points and taking them back: each a movement over lots, and the balance with them. */
#include "internal.h"

#include <stdio.h>

mx_status loyalty_balance_of(struct mx_ctx *ctx, struct mx_str member, struct loyalty_balance *balance) {
    struct loyalty_balance probe = {.member = member}, *stored = NULL;
    mx_status st = mx_get(ctx, &loyalty_balances, &probe, &stored);
    if (st < 0) return st;
    *balance = st == MX_OK ? *stored : probe;
    return MX_OK;
}

static const char *part_field(char *text, size_t size, uint32_t i) {
    snprintf(text, size, "parts[%u].points", (unsigned)i);
    return text;
}

static mx_status too_many(struct mx_ctx *ctx, uint32_t i) {
    char field[32];
    return mx_fail(ctx, MX_E_OUT_OF_RANGE, part_field(field, sizeof(field), i), "Nobody has so many points.");
}

/* The movement of a request: its parts with points, and their sum. */
static mx_status begin_movement(struct mx_ctx *ctx, const struct mx_points_move *move, int32_t kind, struct loyalty_movement *movement) {
    uint32_t i, count = 0;
    *movement = (struct loyalty_movement){.kind = kind, .member = move->member, .source = move->source};
    movement->at = move->at > 0 ? move->at : ctx->now_ms;
    movement->parts = mx_list_new(ctx, move->parts.count, sizeof(struct mx_points_part));
    for (i = 0; i < move->parts.count; i++) {
        const struct mx_points_part *part = mx_list_at(&move->parts, i);
        if (part->points == 0) continue;
        if (!mx_add(movement->points, part->points, &movement->points)) return too_many(ctx, i);
        *(struct mx_points_part *)mx_list_at(&movement->parts, count++) = *part;
    }
    movement->parts.count = count;
    return MX_OK;
}

static mx_status put_new_lot(struct mx_ctx *ctx, const struct loyalty_movement *movement, const struct mx_points_part *part,
                             const struct loyalty_settings *settings) {
    struct loyalty_lot lot = {.member = movement->member, .order = part->order, .line = part->line, .run = part->run};
    lot.earned = part->points;
    lot.at = movement->at;
    if (!mx_add(lot.at, settings->available_after_ms, &lot.available_at)) lot.available_at = MX_INT_MAX;
    if (settings->expires_after_ms > 0 && !mx_add(lot.at, settings->expires_after_ms, &lot.expires_at)) lot.expires_at = MX_INT_MAX;
    lot.rec.has = UINT64_MAX;
    return mx_put(ctx, &loyalty_lots, &lot);
}

/* Never more than the run earned and has not given back yet, whoever asks. */
static mx_status take_from_lot(struct mx_ctx *ctx, const struct loyalty_movement *movement, uint32_t i) {
    const struct mx_points_part *part = mx_list_at(&movement->parts, i);
    struct loyalty_lot probe = {.member = movement->member, .order = part->order, .line = part->line, .run = part->run}, *lot = NULL;
    char field[32];
    mx_status st = mx_get(ctx, &loyalty_lots, &probe, &lot);
    if (st < 0) return st;
    if (!lot || part->points > lot->earned - lot->reversed)
        return mx_refuse(ctx, "points_not_there", part_field(field, sizeof(field), i), "Line %lld did not earn so many points.",
                         (long long)part->line);
    lot->reversed += part->points;
    lot->rec.has = UINT64_MAX;
    return mx_put(ctx, &loyalty_lots, lot);
}

static mx_status end_movement(struct mx_ctx *ctx, struct loyalty_movement *movement, struct loyalty_balance *balance) {
    const struct mx_str everybody = {NULL, 0};
    struct loyalty_moved moved = {.member = movement->member, .source = movement->source, .points = movement->points};
    int earns = movement->kind == LOYALTY_EARN;
    mx_status st = mx_next_number(ctx, "loyalty.movement", everybody, &movement->seq);
    if (st != MX_OK) return st;
    movement->rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &loyalty_movements, movement)) != MX_OK) return st;
    if (!mx_add(balance->points, earns ? movement->points : -movement->points, &balance->points)) return too_many(ctx, 0);
    if (earns && !mx_add(balance->earned, movement->points, &balance->earned)) return too_many(ctx, 0);
    if (!earns && !mx_add(balance->reversed, movement->points, &balance->reversed)) return too_many(ctx, 0);
    if ((st = mx_put(ctx, &loyalty_balances, balance)) != MX_OK) return st;
    moved.balance = balance->points;
    return mx_emit(ctx, earns ? &loyalty_earned_event : &loyalty_reversed_event, &moved);
}

static mx_status move_lots(struct mx_ctx *ctx, const struct loyalty_movement *movement) {
    struct loyalty_settings settings;
    uint32_t i;
    mx_status st = movement->kind == LOYALTY_EARN ? loyalty_settings_now(ctx, &settings) : MX_OK;
    for (i = 0; st == MX_OK && i < movement->parts.count; i++) {
        st = movement->kind == LOYALTY_EARN ? put_new_lot(ctx, movement, mx_list_at(&movement->parts, i), &settings)
                                            : take_from_lot(ctx, movement, i);
    }
    return st;
}

static mx_status move_points(struct mx_ctx *ctx, const struct mx_points_move *move, int32_t kind, struct mx_points_moved *answer) {
    struct loyalty_movement movement;
    struct loyalty_balance balance;
    mx_status st = begin_movement(ctx, move, kind, &movement);
    if (st == MX_OK) st = loyalty_balance_of(ctx, move->member, &balance);
    if (st == MX_OK && movement.parts.count > 0) {
        st = move_lots(ctx, &movement);
        if (st == MX_OK) st = end_movement(ctx, &movement, &balance);
    }
    if (st != MX_OK) return st;
    answer->points = movement.points;
    answer->balance = balance.points;
    return MX_OK;
}

mx_status loyalty_earn_handler(struct mx_ctx *ctx, const void *in, void *out) { return move_points(ctx, in, LOYALTY_EARN, out); }

mx_status loyalty_reverse_handler(struct mx_ctx *ctx, const void *in, void *out) { return move_points(ctx, in, LOYALTY_REVERSE, out); }
