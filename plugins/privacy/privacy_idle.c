/* Customers who have not bought anything for as long as the shop says are forgotten: when each was last seen, a row that is written once a
 * day at most. */
#include "duties.h"

#include "merx/retail/order.h"

static const struct mx_index seen_indexes[] = {{"at", "at", 0}};

const struct mx_table privacy_seen_table = {
    .size = sizeof(struct mx_table),
    .name = "privacy.seen",
    .doc = "on which day each member was last seen",
    .type = &privacy_seen_type,
    .key = "member",
    .indexes = seen_indexes,
    .index_count = sizeof(seen_indexes) / sizeof(seen_indexes[0]),
    .index_size = sizeof(seen_indexes[0]),
};

mx_status privacy_see(struct mx_ctx *ctx, struct mx_str member, int64_t at) {
    struct privacy_seen seen = {.member = member}, *stored = NULL;
    int64_t day = at - at % PRIVACY_DAY_MS;
    mx_status st;
    if (member.len == 0) return MX_OK;
    st = mx_get(ctx, &privacy_seen_table, &seen, &stored);
    if (st < 0 || (stored && stored->at >= day)) return st < 0 ? st : MX_OK;
    if (stored) seen.rec = stored->rec;
    seen.rec.has = UINT64_MAX;
    seen.at = day;
    return mx_put(ctx, &privacy_seen_table, &seen);
}

mx_status privacy_idle_first(struct mx_ctx *ctx, int64_t before, struct mx_str *member) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "at"};
    struct privacy_seen *seen = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &privacy_seen_table, &opts, NULL, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, &seen);
    *member = st == MX_OK && seen->at < before ? mx_dup(ctx, seen->member) : mx_str_n(NULL, 0);
    return st == MX_DONE ? MX_OK : st;
}

/* One customer a step: each has records in many tables, and an event of her own. While she could still pay with something she is
 * kept, and looked at again as if she had been here. */
mx_status privacy_forget_idle(struct mx_ctx *ctx, struct mx_str member, int64_t before) {
    struct privacy_seen seen = {.member = member};
    struct mx_member_facts facts = {0};
    struct privacy_erased erased = {0};
    struct mx_list members;
    int64_t balance = 0;
    mx_status st = privacy_set_of(ctx, member, &members, &facts);
    if (st == MX_OK) st = mx_delete(ctx, &privacy_seen_table, &seen);
    if (st != MX_OK || facts.id.len == 0) return st;
    for (uint32_t i = 0; i < members.count; i++) {
        struct privacy_seen probe = {.member = mx_list_str(&members, i)}, *other = NULL;
        st = mx_get(ctx, &privacy_seen_table, &probe, &other);
        if (st < 0 || (st == MX_OK && other->at >= before)) return st; /* she was here under another id */
    }
    st = privacy_worth_of(ctx, facts.id, &balance);
    if (st != MX_OK || balance > 0) return st == MX_OK ? privacy_see(ctx, facts.id, ctx->expiry_ms) : st;
    st = privacy_forget(ctx, &members, facts.person, mx_str_of("nothing bought for as long as the shop keeps customers"), &erased);
    return st == MX_E_ERASED ? MX_OK : st;
}

mx_status privacy_unsee(struct mx_ctx *ctx, const struct mx_list *members) {
    uint32_t i;
    for (i = 0; i < members->count; i++) {
        struct privacy_seen probe = {.member = mx_list_str(members, i)};
        mx_status st = mx_delete(ctx, &privacy_seen_table, &probe);
        if (st < 0) return st;
    }
    return MX_OK;
}

static mx_status hear_paid(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_order_paid *paid = data;
    (void)event;
    return privacy_see(ctx, paid->member, paid->at ? paid->at : ctx->now_ms);
}

struct joined {
    struct mx_str member;
};

static const struct mx_field joined_fields[] = {
    MX_F_ID(joined, member, MX_REQUIRED, "mem", "who joined"),
};
MX_TYPE(joined, "privacy.joined", "somebody joined");

static mx_status hear_joined(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    (void)event;
    return privacy_see(ctx, ((const struct joined *)data)->member, ctx->now_ms);
}

const struct mx_subscription privacy_hear_paid = {
    .size = sizeof(struct mx_subscription), .event = MX_EVENT_ORDER_PAID, .type = &mx_order_paid_type, .priority = 200, .fn = hear_paid};
const struct mx_subscription privacy_hear_joined = {
    .size = sizeof(struct mx_subscription), .event = "membership.joined", .type = &joined_type, .priority = 200, .fn = hear_joined};
