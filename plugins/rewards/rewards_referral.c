/* Who brought whom: codes, joining, the first order, and the way back when it is returned. */
#include <stdio.h>

#include "internal.h"
#include "referral.h"

#define CODE_CHARS 8
#define CODE_TRIES 8

mx_status rewards_referral_of(struct mx_ctx *ctx, struct mx_str friend_id, struct reward_referral **referral) {
    struct reward_referral probe = {.friend_id = friend_id};
    return mx_get(ctx, &rewards_referrals, &probe, referral);
}

mx_status rewards_referral_put(struct mx_ctx *ctx, struct reward_referral *referral) {
    referral->rec.has = UINT64_MAX;
    return mx_put(ctx, &rewards_referrals, referral);
}

mx_status rewards_referral_tell(struct mx_ctx *ctx, const struct reward_referral *referral) {
    const struct referral_friend told = {.member = referral->friend_id,
                                         .state = referral->state,
                                         .reason = referral->reason,
                                         .joined_at = referral->joined_at,
                                         .order = referral->order,
                                         .due_at = referral->due_at,
                                         .points = referral->referrer_points};
    return mx_emit(ctx, &rewards_referred_event, &told);
}

mx_status rewards_referral_refuse(struct mx_ctx *ctx, struct reward_referral *referral, const char *reason) {
    mx_status st;
    referral->state = REFERRAL_REFUSED;
    referral->reason = mx_str_of(reason);
    st = rewards_referral_put(ctx, referral);
    return st == MX_OK ? rewards_referral_tell(ctx, referral) : st;
}

/* The referral of a customer under any of her ids. MX_NONE. */
mx_status rewards_referral_any(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct reward_referral **referral) {
    mx_status st = MX_NONE;
    uint32_t i;
    for (i = 0; st == MX_NONE && i < facts->members.count; i++) st = rewards_referral_of(ctx, mx_list_str(&facts->members, i), referral);
    return st;
}

mx_status rewards_referrer_any(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct reward_referrer **referrer) {
    mx_status st = MX_NONE;
    uint32_t i;
    for (i = 0; st == MX_NONE && i < facts->members.count; i++) {
        struct reward_referrer probe = {.member = mx_list_str(&facts->members, i)};
        st = mx_get(ctx, &rewards_referrers, &probe, referrer);
    }
    return st;
}

/* ---- codes: not secret, but not to be mistaken for one another ---- */

static mx_status code_free(struct mx_ctx *ctx, struct mx_str code) {
    struct reward_referrer probe = {.code = code}, *found = NULL;
    mx_status st = mx_find(ctx, &rewards_referrers, "code", &probe, &found);
    return st == MX_OK ? MX_DECLINED : st == MX_NONE ? MX_OK : st;
}

static mx_status make_code(struct mx_ctx *ctx, struct mx_str *code) {
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    mx_status st = MX_DECLINED;
    int tries, i;
    for (tries = 0; st == MX_DECLINED && tries < CODE_TRIES; tries++) {
        uint8_t random[CODE_CHARS];
        char *text = mx_alloc(ctx, CODE_CHARS);
        mx_random(ctx, random, sizeof(random));
        for (i = 0; i < CODE_CHARS; i++) text[i] = alphabet[random[i] & 31];
        *code = mx_str_n(text, CODE_CHARS);
        st = code_free(ctx, *code);
    }
    return st == MX_DECLINED ? mx_fail(ctx, MX_E_INTERNAL, NULL, "No free code was found.") : st;
}

static mx_status code_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct referral_code *answer = out;
    struct reward_referrer fresh = {.at = ctx->now_ms}, *referrer = NULL;
    struct mx_member_facts facts;
    mx_status st = rewards_living(ctx, ask->member, "member", &facts);
    if (st == MX_OK) st = rewards_referrer_any(ctx, &facts, &referrer);
    if (st == MX_NONE) {
        referrer = &fresh;
        fresh.member = rewards_standing(&facts);
        fresh.rec.has = UINT64_MAX;
        st = make_code(ctx, &fresh.code);
        if (st == MX_OK) st = mx_put(ctx, &rewards_referrers, &fresh);
    }
    if (st == MX_OK) answer->code = referrer->code;
    return st;
}

/* ---- joining with a code ---- */

struct joined {
    struct mx_str member;
    struct mx_str code;
};
static const struct mx_field joined_fields[] = {
    MX_F_ID(joined, member, MX_REQUIRED, "mem", "who joined"),
    MX_F_STR(joined, code, 0, 0, 64, "code of who brought her"),
};
MX_TYPE(joined, "rewards.joined", "somebody joined");

/* As typed: small letters, spaces and dashes do not matter, and O I L are read as 0 1 1. */
static struct mx_str plain_code(struct mx_ctx *ctx, struct mx_str typed) {
    char *text = mx_alloc(ctx, (size_t)typed.len + 1);
    uint32_t i, len = 0;
    for (i = 0; i < typed.len; i++) {
        char c = typed.ptr[i];
        if (c == ' ' || c == '-') continue;
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        text[len++] = (char)(c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c);
    }
    return mx_str_n(text, len);
}

/* A code that nobody has does not keep anybody from joining. */
static mx_status hear_joined(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct joined *joined = data;
    struct reward_referral referral = {.friend_id = joined->member, .state = REFERRAL_JOINED, .joined_at = ctx->now_ms};
    struct reward_referrer probe, *referrer = NULL;
    mx_status st;
    (void)event;
    if (joined->code.len == 0) return MX_OK;
    memset(&probe, 0, sizeof(probe));
    probe.code = plain_code(ctx, joined->code);
    st = probe.code.len ? mx_find(ctx, &rewards_referrers, "code", &probe, &referrer) : MX_NONE;
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    referral.referrer = referrer->member;
    st = rewards_referral_put(ctx, &referral);
    return st == MX_OK ? rewards_referral_tell(ctx, &referral) : st;
}

const struct mx_subscription rewards_hear_joined = {
    .size = sizeof(struct mx_subscription), .event = "membership.joined", .type = &joined_type, .priority = 100, .fn = hear_joined};

/* ---- her first order, and its return ---- */

static mx_status due(struct mx_ctx *ctx, const struct reward_referral *referral) {
    const struct referral_due ask = {referral->friend_id};
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &referral_due_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, referral->due_at, rewards_referral_due_op.name, referral->friend_id, body) : st;
}

static mx_status hear_paid(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_order_paid *paid = data;
    struct reward_referral *referral = NULL;
    struct reward_settings settings;
    mx_status st;
    (void)event;
    if (paid->member.len == 0) return MX_OK;
    st = rewards_referral_of(ctx, paid->member, &referral);
    if (st != MX_OK || referral->state != REFERRAL_JOINED) return st == MX_NONE ? MX_OK : st;
    st = rewards_settings_now(ctx, &settings);
    if (st != MX_OK || paid->total < settings.min_total || paid->total == 0) return st;
    referral->state = REFERRAL_BOUGHT;
    referral->order = paid->order;
    referral->due_at = ctx->now_ms + settings.window_days * MX_DAY_MS;
    st = rewards_referral_put(ctx, referral);
    if (st == MX_OK) st = due(ctx, referral);
    return st == MX_OK ? rewards_referral_tell(ctx, referral) : st;
}

/* An order that came back, even in part, was not kept: the next one counts. */
static mx_status wait_again(struct mx_ctx *ctx, struct reward_referral *referral) {
    mx_status st = ctx->event->due_cancel(ctx, rewards_referral_due_op.name, referral->friend_id);
    referral->state = REFERRAL_JOINED;
    referral->reason = (struct mx_str){NULL, 0};
    referral->order = (struct mx_str){NULL, 0};
    referral->due_at = 0;
    if (st == MX_OK || st == MX_NONE) st = rewards_referral_put(ctx, referral);
    return st == MX_OK ? rewards_referral_tell(ctx, referral) : st;
}

/* Found by the order: whoever brings the goods back, and under whatever id. */
static mx_status hear_returned(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_order_returned *returned = data;
    mx_status st = MX_OK;
    uint32_t i;
    (void)event;
    for (i = 0; st == MX_OK && i < returned->orders.count; i++) {
        struct reward_referral probe = {.order = mx_list_str(&returned->orders, i)}, *referral = NULL;
        st = mx_find(ctx, &rewards_referrals, "order", &probe, &referral);
        if (st == MX_OK && (referral->state == REFERRAL_BOUGHT || referral->state == REFERRAL_HELD)) st = wait_again(ctx, referral);
        if (st == MX_OK && referral && referral->state == REFERRAL_REWARDED) st = rewards_referral_take_back(ctx, referral);
        if (st == MX_NONE) st = MX_OK;
    }
    return st;
}

const struct mx_subscription rewards_hear_paid = {
    .size = sizeof(struct mx_subscription), .event = MX_EVENT_ORDER_PAID, .type = &mx_order_paid_type, .priority = 200, .fn = hear_paid};
const struct mx_subscription rewards_hear_returned = {.size = sizeof(struct mx_subscription),
                                                      .event = MX_EVENT_ORDER_RETURNED,
                                                      .type = &mx_order_returned_type,
                                                      .priority = 200,
                                                      .fn = hear_returned};

const struct mx_op rewards_referral_code_op = REWARDS_OP(0, "rewards.referral.code", "The code that a member hands on to friends.",
                                                         "rewards.refer", &mx_member_ask_type, &referral_code_type, code_handler, "member");
