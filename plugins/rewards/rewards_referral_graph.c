/* Who brought whom. What the shop suspects stays with the shop: a customer sees such a friend as one who bought. */
#include "internal.h"
#include "referral.h"

static void veil(int32_t *state, struct mx_str *reason) {
    if (*state == REFERRAL_HELD) *state = REFERRAL_BOUGHT;
    if (mx_str_is(*reason, REFERRAL_BY_PAYMENT) || mx_str_is(*reason, REFERRAL_BY_DEVICE)) *reason = (struct mx_str){NULL, 0};
}

/* What a friend bought is the friend's. */
void rewards_referral_veil(struct referral_graph *graph) {
    uint32_t i;
    veil(&graph->state, &graph->reason);
    for (i = 0; i < graph->friends.count; i++) {
        struct referral_friend *friend_ = mx_list_at(&graph->friends, i);
        veil(&friend_->state, &friend_->reason);
        friend_->order = (struct mx_str){NULL, 0};
    }
}

static mx_status list_friends(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct referral_graph *graph) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "referrer"};
    mx_status st = MX_DONE;
    uint32_t i;
    graph->friends = mx_list_new(ctx, 500, sizeof(struct referral_friend));
    graph->friends.count = 0;
    for (i = 0; st == MX_DONE && i < facts->members.count; i++) {
        struct reward_referral probe = {.referrer = mx_list_str(&facts->members, i)}, *one = NULL;
        struct mx_scan *scan = NULL;
        st = mx_scan_open(ctx, &rewards_referrals, &opts, &probe, &scan);
        while (st == MX_OK && (st = mx_scan_next(ctx, scan, &one)) == MX_OK) {
            struct referral_friend *view;
            if (graph->friends.count == 500) {
                graph->more = 1;
                return MX_OK;
            }
            view = mx_list_at(&graph->friends, graph->friends.count++);
            *view = (struct referral_friend){one->friend_id, one->state,  one->reason,         one->joined_at,
                                             one->order,     one->due_at, one->referrer_points};
        }
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status list_chain(struct mx_ctx *ctx, struct mx_member_facts at, struct referral_graph *graph) {
    struct reward_referral *referral = NULL;
    mx_status st = MX_OK;
    graph->by = mx_list_new(ctx, REWARDS_CHAIN_MAX, sizeof(struct mx_str));
    graph->by.count = 0;
    while (st == MX_OK && graph->by.count < REWARDS_CHAIN_MAX) {
        st = rewards_referral_any(ctx, &at, &referral);
        if (st != MX_OK) break;
        if (graph->by.count == 0) {
            graph->state = referral->state;
            graph->reason = referral->reason;
        }
        *(struct mx_str *)mx_list_at(&graph->by, graph->by.count++) = referral->referrer;
        st = rewards_facts(ctx, referral->referrer, NULL, &at);
    }
    return st == MX_NONE || st == MX_E_NOT_FOUND ? MX_OK : st;
}

static mx_status graph_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct referral_graph *graph = out;
    struct reward_referrer *referrer = NULL;
    struct mx_member_facts facts;
    mx_status st = rewards_facts(ctx, ask->member, "member", &facts);
    if (st == MX_OK) st = rewards_referrer_any(ctx, &facts, &referrer);
    if (st == MX_OK) graph->code = referrer->code;
    if (st == MX_OK || st == MX_NONE) st = list_friends(ctx, &facts, graph);
    if (st == MX_OK) st = list_chain(ctx, facts, graph);
    if (st == MX_OK && ctx->identity->customer(ctx).len) rewards_referral_veil(graph);
    return st;
}

const struct mx_op rewards_referral_graph_op =
    REWARDS_OP(MX_OP_QUERY, "rewards.referral.graph", "Who brought this member, and whom she brought.", "rewards.refer",
               &mx_member_ask_type, &referral_graph_type, graph_handler, "member");
