/* Movements, the only writer of a level. */
#include "lots.h"

#include <stdio.h>

int inventory_is_good(struct mx_str condition) { return condition.len == 0 || mx_str_is(condition, "good"); }

const char *inventory_line_field(char *text, int64_t place, const char *member) {
    snprintf(text, 48, "lines[%lld].%s", (long long)place, member);
    return text;
}

mx_status inventory_level_of(struct mx_ctx *ctx, struct mx_str location, struct mx_str sku, struct inventory_level *level) {
    struct inventory_level probe = {.location = location, .sku = sku}, *stored = NULL;
    mx_status st = mx_get(ctx, &inventory_levels, &probe, &stored);
    if (st < 0) return st;
    *level = st == MX_OK ? *stored : probe;
    return MX_OK;
}

/* "3", "0.455", "-2.5" */
static const char *quantity_text(char *text, size_t size, int64_t qty) {
    uint64_t amount = qty < 0 ? (uint64_t)-qty : (uint64_t)qty;
    int len = snprintf(text, size, "%s%llu.%03u", qty < 0 ? "-" : "", (unsigned long long)(amount / 1000), (unsigned)(amount % 1000));
    while (len > 0 && text[len - 1] == '0') text[--len] = '\0';
    if (len > 0 && text[len - 1] == '.') text[--len] = '\0';
    return text;
}

/* What all lines of the movement up to `last` want of that line's article. */
static int64_t asked_so_far(const struct inventory_movement *movement, uint32_t last) {
    const struct inventory_line *short_line = mx_list_at(&movement->lines, last);
    int64_t asked = 0;
    uint32_t i;
    for (i = 0; i <= last; i++) {
        const struct inventory_line *line = mx_list_at(&movement->lines, i);
        if (!mx_str_eq(line->sku, short_line->sku) || inventory_is_good(line->condition) != inventory_is_good(short_line->condition))
            continue;
        if (!mx_sub(asked, line->qty, &asked)) break;
    }
    return asked;
}

static mx_status refuse_short(struct mx_ctx *ctx, const struct inventory_movement *movement, uint32_t i, int64_t left, int64_t place) {
    const struct inventory_line *line = mx_list_at(&movement->lines, i);
    char field[48], asked_text[32], there_text[32];
    int64_t asked = asked_so_far(movement, i), there = left;
    if (!mx_add(left, asked, &there) || !mx_add(there, line->qty, &there)) there = left;
    return mx_refuse(ctx, "short_stock", inventory_line_field(field, place, "qty"), "Of article %.*s there are %s at %.*s; %s are wanted.",
                     (int)line->sku.len, line->sku.ptr, quantity_text(there_text, sizeof(there_text), there), (int)movement->location.len,
                     movement->location.ptr, quantity_text(asked_text, sizeof(asked_text), asked));
}

static mx_status move_level(struct mx_ctx *ctx, const struct inventory_movement *movement, uint32_t i, const struct inventory_rule *rule) {
    const struct inventory_line *line = mx_list_at(&movement->lines, i);
    struct inventory_level level;
    char field[48];
    int good = inventory_is_good(line->condition);
    int64_t *counter = good ? &level.on_hand : &level.damaged, floor, after;
    mx_status st = inventory_level_of(ctx, movement->location, line->sku, &level);
    if (st != MX_OK) return st;

    if (!mx_add(*counter, line->qty, &after))
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, inventory_line_field(field, rule->place, "qty"), "No stock is that large.");
    /* A sale leaves alone what is promised to others; a correction says what is really there. */
    floor = movement->kind == INVENTORY_SALE ? level.reserved : 0;
    if (line->qty < 0 && after < floor && !(good && rule->below_zero)) return refuse_short(ctx, movement, i, *counter - floor, rule->place);
    *counter = after;
    if (MX_HAS(inventory_line, line, cost)) {
        level.cost = line->cost;
        level.cost_from = movement->seq;
    }
    return mx_put(ctx, &inventory_levels, &level);
}

/* What is counted of a lot refuses nothing: it knows only of the goods whose lot somebody named. */
static mx_status move_lot(struct mx_ctx *ctx, const struct inventory_movement *movement, uint32_t i, const struct inventory_rule *rule) {
    const struct inventory_line *line = mx_list_at(&movement->lines, i);
    struct inventory_lot_level level;
    char field[48];
    mx_status st;
    if (line->lot.len == 0 || !inventory_is_good(line->condition)) return MX_OK;
    st = inventory_lot_level_of(ctx, line->sku, line->lot, movement->location, &level);
    if (st != MX_OK) return st;
    if (!mx_add(level.on_hand, line->qty, &level.on_hand))
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, inventory_line_field(field, rule->place, "qty"), "No stock is that large.");
    return mx_put(ctx, &inventory_lot_levels, &level);
}

mx_status inventory_book(struct mx_ctx *ctx, struct inventory_movement *movement, const struct inventory_rule *rules) {
    const struct mx_str everywhere = {NULL, 0};
    struct inventory_moved moved = {.kind = movement->kind, .location = movement->location};
    uint32_t i;
    mx_status st = mx_next_number(ctx, "inventory.movement", everywhere, &movement->seq);
    if (st != MX_OK) return st;
    for (i = 0; i < movement->lines.count; i++) {
        if ((st = move_level(ctx, movement, i, &rules[i])) != MX_OK) return st;
        if ((st = move_lot(ctx, movement, i, &rules[i])) != MX_OK) return st;
    }
    movement->rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &inventory_movements, movement)) != MX_OK) return st;
    moved.movement = movement->seq;
    return mx_emit(ctx, &inventory_moved_event, &moved);
}
