/* Who waits at a location: tickets, the next one, and rewards that lead to the front. */
#include <inttypes.h>

#include "internal.h"
#include "queue.h"

#define FRONT (-INT64_C(1000000000)) /* those who jump come in the order in which they did, before all others */

static mx_status ticket_get(struct mx_ctx *ctx, struct mx_str id, struct reward_ticket **ticket) {
    struct reward_ticket probe = {.id = id};
    mx_status st = mx_get(ctx, &rewards_tickets, &probe, ticket);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "ticket", "There is no such ticket.") : st;
}

static mx_status ticket_put(struct mx_ctx *ctx, struct reward_ticket *ticket) {
    ticket->rec.has = UINT64_MAX;
    return mx_put(ctx, &rewards_tickets, ticket);
}

static mx_status open_line(struct mx_ctx *ctx, struct mx_str location, int64_t until_place, int reverse, struct mx_scan **scan) {
    struct reward_ticket probe = {.location = location, .state = TICKET_WAITING, .place = until_place};
    struct mx_scan_opts opts = {
        .size = sizeof(opts), .prefix = 2, .index = "line", .from = (uint8_t)reverse, .reverse = (uint8_t)reverse, .keys_only = 1};
    MX_SET_HAS(reward_ticket, &probe, place);
    return mx_scan_open(ctx, &rewards_tickets, &opts, &probe, scan);
}

/* How many are called before: up to a page of them, more is "many". */
static mx_status count_ahead(struct mx_ctx *ctx, const struct reward_ticket *ticket, int64_t *ahead) {
    struct reward_ticket *other = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = ticket->state == TICKET_WAITING ? open_line(ctx, ticket->location, ticket->place, 1, &scan) : MX_DONE;
    *ahead = 0;
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &other)) == MX_OK && *ahead < REWARDS_PAGE_MAX)
        *ahead += !mx_str_eq(other->id, ticket->id);
    return st == MX_DONE ? MX_OK : st;
}

static mx_status answer(struct mx_ctx *ctx, const struct reward_ticket *ticket, void *out) {
    struct ticket_one *one = out;
    int64_t ahead;
    mx_status st = count_ahead(ctx, ticket, &ahead);
    if (st != MX_OK) return st;
    one->ticket = mx_alloc(ctx, sizeof(*one->ticket));
    rewards_ticket_view(ticket, ahead, one->ticket);
    return MX_OK;
}

static mx_status enter_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct queue_enter *ask = in;
    struct reward_ticket ticket = {.location = ask->location, .state = TICKET_WAITING, .at = ctx->now_ms};
    struct rewards_queue_day day;
    struct mx_member_facts facts;
    mx_status st = rewards_check_location(ctx, ask->location);
    if (st == MX_OK && ask->member.len) {
        st = rewards_living(ctx, ask->member, "member", &facts);
        if (st == MX_OK) ticket.member = rewards_standing(&facts);
    }
    if (st == MX_OK) st = mx_new_id(ctx, "que", &ticket.id);
    if (st == MX_OK) st = mx_next_number(ctx, "rewards.queue", ask->location, &ticket.number);
    ticket.place = ticket.number;
    if (st == MX_OK) st = ticket_put(ctx, &ticket);
    if (st == MX_OK) st = rewards_queue_day(ctx, ask->location, &day);
    if (st == MX_OK) st = rewards_queue_plan_end(ctx, ask->location, &day);
    return st == MX_OK ? answer(ctx, &ticket, out) : st;
}

static mx_status check_jump(struct mx_ctx *ctx, const struct reward_ticket *ticket, const struct reward_held *held) {
    if (ticket->state != TICKET_WAITING)
        return mx_refuse(ctx, "ticket_over", "ticket", "This ticket does not wait any more: draw another one.");
    if (ticket->reward.len) return mx_refuse(ctx, "jumped_already", "ticket", "This ticket is at the front already.");
    if (!mx_str_is(held->kind, MX_REWARD_QUEUE_JUMP))
        return mx_refuse(ctx, "reward_other", "reward", "This reward is not for a queue; rewards.mine shows what she has.");
    if (held->location.len && !mx_str_eq(held->location, ticket->location))
        return mx_refuse(ctx, "reward_elsewhere", "reward", "This reward is good at %.*s alone.", (int)held->location.len,
                         held->location.ptr);
    return MX_OK;
}

static mx_status jump_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct queue_jump *ask = in;
    struct reward_ticket *ticket = NULL;
    struct reward_held *held = NULL;
    struct mx_member_facts facts;
    int64_t nth;
    mx_status st = ticket_get(ctx, ask->ticket, &ticket);
    if (st == MX_OK) st = rewards_reach(ctx, ticket->location, "ticket");
    if (st == MX_OK) st = rewards_held_get(ctx, ask->reward, "reward", &held);
    if (st == MX_OK) st = mx_own(ctx, held->member);
    if (st == MX_OK) st = check_jump(ctx, ticket, held);
    if (st == MX_OK) st = rewards_facts(ctx, held->member, "reward", &facts);
    if (st == MX_OK && ticket->member.len && !rewards_is_hers(&facts, ticket->member))
        return mx_refuse(ctx, "ticket_other", "ticket", "This ticket belongs to another member.");
    if (st == MX_OK) st = rewards_prove(ctx, &facts, ask->proof);
    if (st == MX_OK) st = rewards_held_use(ctx, held, ticket->id, "reward");
    if (st == MX_OK) st = mx_next_number(ctx, "rewards.queue.front", ticket->location, &nth);
    if (st != MX_OK) return st;
    ticket->place = FRONT + nth;
    ticket->reward = held->id;
    ticket->member = rewards_standing(&facts);
    st = ticket_put(ctx, ticket);
    return st == MX_OK ? answer(ctx, ticket, out) : st;
}

static mx_status tell_called(struct mx_ctx *ctx, const struct reward_ticket *ticket) {
    struct ticket_view told = {.ahead = 0};
    rewards_ticket_view(ticket, 0, &told);
    return mx_emit(ctx, &rewards_called_event, &told);
}

/* Who waited yesterday went home: her ticket is passed over until it is cleared away. MX_DONE: nobody waits. */
static mx_status first_of_today(struct mx_ctx *ctx, struct mx_str location, struct reward_ticket **ticket) {
    struct rewards_queue_day day;
    struct reward_ticket *first = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = rewards_queue_day(ctx, location, &day);
    if (st == MX_OK) st = open_line(ctx, location, 0, 0, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &first)) == MX_OK && (st = ticket_get(ctx, first->id, ticket)) == MX_OK)
        if (rewards_queue_is_today(ctx, &day, *ticket)) return MX_OK;
    return st;
}

static mx_status next_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct queue_at *ask = in;
    struct reward_ticket *ticket = NULL;
    mx_status st = rewards_check_location(ctx, ask->location);
    if (st == MX_OK) st = first_of_today(ctx, ask->location, &ticket);
    if (st == MX_DONE) return MX_OK; /* an answer without a ticket */
    if (st != MX_OK) return st;
    ticket->state = TICKET_CALLED;
    ticket->called_at = ctx->now_ms;
    st = ticket_put(ctx, ticket);
    if (st == MX_OK) st = tell_called(ctx, ticket);
    return st == MX_OK ? answer(ctx, ticket, out) : st;
}

static mx_status leave_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct queue_ticket *ask = in;
    struct reward_ticket *ticket = NULL;
    mx_status st = ticket_get(ctx, ask->ticket, &ticket);
    if (st == MX_OK) st = rewards_reach(ctx, ticket->location, "ticket");
    if (st == MX_OK && ctx->identity->customer(ctx).len) st = mx_own(ctx, ticket->member);
    if (st != MX_OK) return st;
    if (ticket->state != TICKET_WAITING)
        return mx_refuse(ctx, "ticket_over", "ticket", "This ticket does not wait any more: draw another one.");
    ticket->state = TICKET_LEFT;
    st = ticket_put(ctx, ticket);
    return st == MX_OK ? answer(ctx, ticket, out) : st;
}

static mx_status list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct queue_at *ask = in;
    struct ticket_list *list = out;
    struct reward_ticket probe = {.location = ask->location, .state = TICKET_WAITING}, *ticket = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .index = "line"};
    struct mx_scan *scan = NULL;
    mx_status st = rewards_check_location(ctx, ask->location);
    if (st == MX_OK) st = mx_scan_open(ctx, &rewards_tickets, &opts, &probe, &scan);
    list->tickets = mx_list_new(ctx, REWARDS_PAGE_MAX, sizeof(struct ticket_view));
    list->tickets.count = 0;
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &ticket)) == MX_OK) {
        if (list->tickets.count == REWARDS_PAGE_MAX) {
            list->more = 1;
            break;
        }
        rewards_ticket_view(ticket, list->tickets.count, mx_list_at(&list->tickets, list->tickets.count));
        list->tickets.count++;
    }
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op rewards_queue_enter_op = REWARDS_OP(0, "rewards.queue.enter", "Draw a ticket for the queue of a location.",
                                                       "rewards.queue", &queue_enter_type, &ticket_one_type, enter_handler, "member");
const struct mx_op rewards_queue_jump_op =
    REWARDS_OP(0, "rewards.queue.jump", "Move a ticket to the front with a reward, which is used up.", "rewards.queue", &queue_jump_type,
               &ticket_one_type, jump_handler, MX_OWN_HANDLER);
const struct mx_op rewards_queue_next_op = REWARDS_OP(0, "rewards.queue.next", "Call the next one who waits.", "rewards.queue.call",
                                                      &queue_at_type, &ticket_one_type, next_handler, NULL);
const struct mx_op rewards_queue_leave_op = REWARDS_OP(0, "rewards.queue.leave", "Leave a queue.", "rewards.queue", &queue_ticket_type,
                                                       &ticket_one_type, leave_handler, MX_OWN_HANDLER);
const struct mx_op rewards_queue_list_op =
    REWARDS_OP(MX_OP_QUERY, "rewards.queue.list", "Who waits at a location, in the order of being called.", "rewards.queue.call",
               &queue_at_type, &ticket_list_type, list_handler, NULL);
