/* What is shown of rewards in the one view of a customer; and for an export all that is kept of her here. */
#include "internal.h"
#include "queue.h"
#include "referral.h"

#define SHOWN_MAX 20
#define WHOLE_MAX 5000

struct whole {
    struct mx_list rewards;
    struct mx_list bookings;
    struct mx_list grants;
    struct mx_list tickets;
    int64_t devices;
    struct referral_graph *referrals;
};

static const struct mx_field whole_fields[] = {
    MX_F_LIST(whole, rewards, MX_REQUIRED, 0, WHOLE_MAX, reward_view_type, "rewards, the newest first"),
    MX_F_LIST(whole, bookings, MX_REQUIRED, 0, WHOLE_MAX, booking_view_type, "seats in classes, the newest first"),
    MX_F_LIST(whole, grants, MX_REQUIRED, 0, 500, grant_view_type, "what she got on her days"),
    MX_F_LIST(whole, tickets, MX_REQUIRED, 0, WHOLE_MAX, ticket_view_type, "where she waited today"),
    MX_F_INT(whole, devices, 0, 0, MX_INT_MAX, "devices that were noted of her, each as a keyed hash"),
    MX_F_STRUCT(whole, referrals, 0, referral_graph_type, "who brought her, and whom she brought"),
};
MX_TYPE(whole, "rewards.whole", "everything that rewards keep of a customer");

static mx_status all_rewards(struct mx_ctx *ctx, struct mx_str member, struct mx_list *rewards, uint8_t *more) {
    struct reward_mine ask = {.member = member, .limit = REWARDS_PAGE_MAX};
    mx_status st = MX_OK;
    *rewards = mx_list_new(ctx, WHOLE_MAX, sizeof(struct reward_view));
    rewards->count = 0;
    do {
        struct reward_page page = {.next = {NULL, 0}};
        st = rewards_mine_op.handler(ctx, &ask, &page);
        if (st != MX_OK) return st;
        if (page.rewards.count > WHOLE_MAX - rewards->count) break;
        memcpy((struct reward_view *)rewards->items + rewards->count, page.rewards.items, page.rewards.count * sizeof(struct reward_view));
        rewards->count += page.rewards.count;
        ask.after = page.next;
    } while (ask.after.len);
    *more |= ask.after.len > 0;
    return st;
}

static mx_status all_bookings(struct mx_ctx *ctx, const struct mx_list *members, struct mx_list *bookings, uint8_t *more) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "hers", .reverse = 1};
    uint32_t i;
    *bookings = mx_list_new(ctx, WHOLE_MAX, sizeof(struct booking_view));
    bookings->count = 0;
    for (i = 0; i < members->count; i++) {
        struct reward_booking probe = {.member = mx_list_str(members, i)}, *booking = NULL;
        struct mx_scan *scan = NULL;
        mx_status st = mx_scan_open(ctx, &rewards_bookings, &opts, &probe, &scan);
        while (st == MX_OK && bookings->count < WHOLE_MAX && (st = mx_scan_next(ctx, scan, &booking)) == MX_OK)
            rewards_booking_view(booking, mx_list_at(bookings, bookings->count++));
        if (st < 0) return st;
        *more |= st == MX_OK;
    }
    return MX_OK;
}

static mx_status all_tickets(struct mx_ctx *ctx, const struct mx_list *members, struct mx_list *tickets) {
    mx_status st = MX_OK;
    uint32_t i;
    *tickets = mx_list_new(ctx, REWARDS_PAGE_MAX, sizeof(struct ticket_view));
    tickets->count = 0;
    for (i = 0; st == MX_OK && i < members->count; i++) st = rewards_tickets_of(ctx, mx_list_str(members, i), REWARDS_PAGE_MAX, tickets);
    return st;
}

static mx_status all_devices(struct mx_ctx *ctx, const struct mx_list *members, int64_t *count) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < members->count; i++) st = rewards_devices_count(ctx, mx_list_str(members, i), count);
    return st;
}

static mx_status show_whole(struct mx_ctx *ctx, const struct mx_section_ask *ask, struct mx_section *section) {
    const struct mx_member_ask who = {.member = ask->member};
    struct whole whole = {.referrals = mx_alloc(ctx, sizeof(*whole.referrals))};
    struct grant_list grants = {.grants = {NULL, 0, 0}};
    struct mx_member_facts facts;
    mx_status st = rewards_facts(ctx, ask->member, "member", &facts);
    if (st == MX_OK) st = all_rewards(ctx, ask->member, &whole.rewards, &section->more);
    if (st == MX_OK) st = all_bookings(ctx, &facts.members, &whole.bookings, &section->more);
    if (st == MX_OK) st = all_tickets(ctx, &facts.members, &whole.tickets);
    if (st == MX_OK) st = all_devices(ctx, &facts.members, &whole.devices);
    if (st == MX_OK) st = rewards_grants_op.handler(ctx, &who, &grants);
    if (st == MX_OK) st = rewards_referral_graph_op.handler(ctx, &who, whole.referrals);
    if (st == MX_OK) rewards_referral_veil(whole.referrals);
    whole.grants = grants.grants;
    return st == MX_OK ? ctx->op->encode(ctx, &whole_type, &whole, &section->data) : st;
}

static mx_status show_some(struct mx_ctx *ctx, const struct mx_section_ask *ask, struct mx_section *section) {
    const struct reward_mine mine = {.member = ask->member, .limit = SHOWN_MAX};
    struct reward_page page = {.next = {NULL, 0}};
    mx_status st = rewards_mine_op.handler(ctx, &mine, &page);
    section->more = page.next.len > 0;
    page.next = (struct mx_str){NULL, 0};
    return st == MX_OK ? ctx->op->encode(ctx, &reward_page_type, &page, &section->data) : st;
}

static mx_status section(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_section_ask *ask = in;
    struct mx_section *answer = out;
    if (!mx_allowed(ctx, "rewards.read")) return MX_DECLINED;
    answer->name = mx_str_of("rewards");
    return ask->whole ? show_whole(ctx, ask, answer) : show_some(ctx, ask, answer);
}

const struct mx_answer rewards_section_answer = {sizeof(struct mx_answer), 100,    MX_POINT_SECTION, &mx_section_ask_type,
                                                 &mx_section_type,         section};
