/* A queue lasts a day: what was drawn before midnight, by the clock on the wall of the location, is called no more and kept no longer. */
#include <stdio.h>

#include "internal.h"
#include "queue.h"

#define STEP 100 /* tickets that go in one command */

static mx_status zone_of(struct mx_ctx *ctx, struct mx_str location, struct mx_str *zone) {
    const struct mx_location_ask ask = {location};
    struct mx_location_facts facts = {.zone = {NULL, 0}};
    mx_status st = mx_ask(ctx, &mx_point_location, &ask, &facts);
    *zone = facts.zone;
    return st == MX_DECLINED ? MX_OK : st;
}

static int same_day(const struct mx_civil *a, const struct mx_civil *b) {
    return a->year == b->year && a->month == b->month && a->day == b->day;
}

mx_status rewards_queue_day(struct mx_ctx *ctx, struct mx_str location, struct rewards_queue_day *day) {
    mx_status st = zone_of(ctx, location, &day->zone);
    mx_civil_of(ctx, day->zone, ctx->expiry_ms, &day->today);
    return st;
}

int rewards_queue_is_today(struct mx_ctx *ctx, const struct rewards_queue_day *day, const struct reward_ticket *ticket) {
    struct mx_civil drawn;
    mx_civil_of(ctx, day->zone, ticket->at, &drawn);
    return same_day(&drawn, &day->today);
}

/* Each day has a due time of its own: who draws the first ticket of today must not put off the end of yesterday. */
static mx_status plan(struct mx_ctx *ctx, struct mx_str location, const char *which, int64_t at) {
    const struct queue_at ask = {location};
    size_t room = (size_t)location.len + strlen(which) + 2;
    char *id = mx_alloc(ctx, room);
    int len = snprintf(id, room, "%.*s %s", (int)location.len, location.ptr, which);
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &queue_at_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, at, rewards_queue_close_op.name, mx_str_n(id, (size_t)len), body) : st;
}

/* A day on which the clocks are changed is longer or shorter: whoever comes too early comes again. */
mx_status rewards_queue_plan_end(struct mx_ctx *ctx, struct mx_str location, const struct rewards_queue_day *day) {
    const struct mx_civil *now = &day->today;
    int64_t of_day_ms = ((now->hour * 60 + now->minute) * 60 + now->second) * INT64_C(1000);
    char today[40];
    snprintf(today, sizeof(today), "%04d-%02d-%02d", (int)now->year, (int)now->month, (int)now->day);
    return plan(ctx, location, today, ctx->expiry_ms + MX_DAY_MS - of_day_ms);
}

static mx_status gather(struct mx_ctx *ctx, struct mx_str location, const struct rewards_queue_day *day, struct mx_list *old, int *stays) {
    struct reward_ticket probe = {.location = location}, *ticket = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "line"};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &rewards_tickets, &opts, &probe, &scan);
    while (st == MX_OK && old->count < STEP && (st = mx_scan_next(ctx, scan, &ticket)) == MX_OK) {
        if (rewards_queue_is_today(ctx, day, ticket))
            *stays = 1;
        else
            *(struct mx_str *)mx_list_at(old, old->count++) = ticket->id;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status close_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_str location = ((const struct queue_at *)in)->location;
    struct mx_list old = mx_list_new(ctx, STEP, sizeof(struct mx_str));
    struct rewards_queue_day day;
    int stays = 0;
    uint32_t i;
    mx_status st = rewards_queue_day(ctx, location, &day);
    (void)out;
    old.count = 0;
    if (st == MX_OK) st = gather(ctx, location, &day, &old, &stays);
    for (i = 0; st == MX_OK && i < old.count; i++) {
        const struct reward_ticket probe = {.id = mx_list_str(&old, i)};
        st = mx_delete(ctx, &rewards_tickets, &probe);
    }
    if (st == MX_OK && old.count == STEP) return plan(ctx, location, "more", ctx->expiry_ms);
    return st == MX_OK && stays ? rewards_queue_plan_end(ctx, location, &day) : st;
}

const struct mx_op rewards_queue_close_op =
    REWARDS_OP(MX_OP_INTERNAL, "rewards.queue.close", "Forget who waited at a location before today.", NULL, &queue_at_type, NULL,
               close_handler, NULL);

/* ---- of one member ---- */

void rewards_ticket_view(const struct reward_ticket *ticket, int64_t ahead, struct ticket_view *view) {
    view->id = ticket->id;
    view->location = ticket->location;
    view->number = ticket->number;
    view->state = ticket->state;
    view->ahead = ahead;
    view->jumped = ticket->reward.len > 0;
    view->member = ticket->member;
    view->at = ticket->at;
}

mx_status rewards_tickets_of(struct mx_ctx *ctx, struct mx_str member, uint32_t limit, struct mx_list *tickets) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "hers", .reverse = 1};
    struct reward_ticket probe = {.member = member}, *ticket = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &rewards_tickets, &opts, &probe, &scan);
    while (st == MX_OK && tickets->count < limit && (st = mx_scan_next(ctx, scan, &ticket)) == MX_OK)
        rewards_ticket_view(ticket, 0, mx_list_at(tickets, tickets->count++));
    return st == MX_DONE ? MX_OK : st;
}

mx_status rewards_tickets_forget(struct mx_ctx *ctx, struct mx_str member) {
    struct mx_list tickets = mx_list_new(ctx, STEP, sizeof(struct ticket_view));
    mx_status st;
    uint32_t i;
    tickets.count = 0;
    st = rewards_tickets_of(ctx, member, STEP, &tickets);
    for (i = 0; st == MX_OK && i < tickets.count; i++) {
        const struct reward_ticket probe = {.id = ((const struct ticket_view *)mx_list_at(&tickets, i))->id};
        st = mx_delete(ctx, &rewards_tickets, &probe);
    }
    return st;
}
