/* What stood in the lots at a time of the past: what stands there now, less what was booked since. Lots and movements are both walked in
 * the order of their members, side by side, so what is held in memory is never more than what moved since under one id. */
#include <stdlib.h>

#include "internal.h"

/* What was booked since of one lot. */
struct change {
    char order[LOYALTY_SOURCE_MAX];
    uint32_t order_len;
    int64_t line;
    int64_t run;
    int64_t points; /* that it has more now */
};

struct loyalty_past {
    struct mx_ctx *ctx;
    int64_t at;
    struct mx_scan *scan;
    struct loyalty_movement *next; /* NULL: at their end */
    int64_t *looked;
    int64_t owed_since;
    struct mx_str member; /* whose changes these are */
    char member_text[64];
    struct change *changes; /* in the order of their lots */
    uint32_t count, room;
};

static mx_status advance(struct loyalty_past *past) {
    mx_status st = mx_scan_next(past->ctx, past->scan, &past->next);
    if (st == MX_OK) return mx_progress(past->ctx, ++*past->looked, 0);
    past->next = NULL;
    return st == MX_DONE ? MX_OK : st;
}

mx_status loyalty_past_open(struct mx_ctx *ctx, int64_t at, int64_t *looked, struct loyalty_past **out) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .index = "member", .lend = 1};
    struct loyalty_past *past = mx_alloc(ctx, sizeof(*past));
    mx_status st = mx_scan_open(ctx, &loyalty_movements, &opts, NULL, &past->scan);
    past->ctx = ctx;
    past->at = at;
    past->looked = looked;
    *out = past;
    return st == MX_OK ? advance(past) : st;
}

static struct change *new_change(struct loyalty_past *past) {
    if (past->count == past->room) {
        uint32_t room = past->room ? 2 * past->room : 64;
        struct change *more = mx_alloc(past->ctx, room * sizeof(*more));
        if (past->count) memcpy(more, past->changes, past->count * sizeof(*more));
        past->changes = more;
        past->room = room;
    }
    return &past->changes[past->count++];
}

static void add_parts(struct loyalty_past *past, const struct loyalty_movement *movement) {
    int sign = loyalty_rest_sign(movement->kind);
    uint32_t i;
    for (i = 0; sign && i < movement->parts.count; i++) {
        const struct loyalty_part *part = mx_list_at(&movement->parts, i);
        struct change *change = new_change(past);
        change->order_len = part->order.len < LOYALTY_SOURCE_MAX ? part->order.len : LOYALTY_SOURCE_MAX;
        memcpy(change->order, part->order.ptr, change->order_len);
        change->line = part->line;
        change->run = part->run;
        change->points = sign * part->points;
    }
}

/* Movements of earlier versions do not say when they were booked. */
static int was_later(const struct loyalty_past *past) {
    const struct loyalty_movement *movement = past->next;
    return (movement->booked ? movement->booked : movement->at) > past->at;
}

static int compare(const void *a_, const void *b_) {
    const struct change *a = a_, *b = b_;
    int order = mx_str_cmp(mx_str_n(a->order, a->order_len), mx_str_n(b->order, b->order_len));
    if (order) return order;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    return a->run < b->run ? -1 : a->run > b->run;
}

/* One change for each lot. */
static void sum_up(struct loyalty_past *past) {
    uint32_t kept = 0, i;
    if (past->count) qsort(past->changes, past->count, sizeof(*past->changes), compare);
    for (i = 0; i < past->count; i++) {
        if (kept && compare(&past->changes[kept - 1], &past->changes[i]) == 0)
            past->changes[kept - 1].points += past->changes[i].points;
        else
            past->changes[kept++] = past->changes[i];
    }
    past->count = kept;
}

/* Go on to this member; NULL: to the end. Ids of whom no lot is left behind may still have owed something. */
static mx_status go_to(struct loyalty_past *past, const struct mx_str *member) {
    mx_status st = MX_OK;
    past->count = 0;
    while (st == MX_OK && past->next && (!member || mx_str_cmp(past->next->member, *member) <= 0)) {
        if (was_later(past)) {
            past->owed_since += loyalty_owed_sign(past->next->kind) * past->next->points;
            if (member && mx_str_eq(past->next->member, *member)) add_parts(past, past->next);
        }
        st = advance(past);
    }
    sum_up(past);
    return st;
}

mx_status loyalty_past_rest(struct loyalty_past *past, const struct loyalty_lot *lot, int64_t *rest) {
    struct change probe = {.line = lot->line, .run = lot->run};
    const struct change *change = NULL;
    mx_status st = MX_OK;
    if (!mx_str_eq(past->member, lot->member)) {
        past->member =
            mx_str_n(past->member_text, lot->member.len < sizeof(past->member_text) ? lot->member.len : sizeof(past->member_text));
        memcpy(past->member_text, lot->member.ptr, past->member.len);
        st = go_to(past, &past->member);
    }
    probe.order_len = lot->order.len < LOYALTY_SOURCE_MAX ? lot->order.len : LOYALTY_SOURCE_MAX;
    memcpy(probe.order, lot->order.ptr, probe.order_len);
    if (past->count) change = bsearch(&probe, past->changes, past->count, sizeof(probe), compare);
    *rest = loyalty_rest(lot) - (change ? change->points : 0);
    return st;
}

mx_status loyalty_past_owed(struct loyalty_past *past, int64_t *owed) {
    mx_status st = go_to(past, NULL);
    *owed -= past->owed_since;
    return st;
}

int64_t loyalty_past_end(const struct loyalty_lot *lot, int64_t at) {
    uint32_t i;
    for (i = 0; i < lot->ends.count; i++) {
        const struct loyalty_end *end = mx_list_at(&lot->ends, i);
        if (at < end->until) return end->expires_at;
    }
    return lot->expires_at;
}
