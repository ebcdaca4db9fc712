/* Looking at tiers: why this one, what is missing for the next, what would be, what was. */
#include <stdio.h>
#include <stdlib.h>

#include "tiers.h"

static mx_status find_customer(struct mx_ctx *ctx, struct mx_str member, struct membership_customer *customer) {
    mx_status st = membership_customer_of(ctx, member, customer);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.") : st;
}

/* ---- explain ---- */

mx_status membership_explain_handler(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct mx_member_ask *ask = in;
    const struct membership_tier_question question = {.brief = 1};
    struct membership_explain *out = out_;
    struct membership_customer customer;
    struct membership_tier_state state;
    struct mx_tier_answer answer;
    struct mx_entitlements grants;
    mx_status st = find_customer(ctx, ask->member, &customer);
    if (st == MX_OK) st = membership_customer_counters(ctx, &customer, &out->counters);
    if (st == MX_OK) st = membership_tier_grants(ctx, &customer, &grants);
    if (st != MX_OK) return st;
    state = membership_tier_state_of(customer.member);
    out->member = customer.member->id;
    out->tier = state.tier;
    out->rule = customer.member->tier_rule;
    out->by_hand = (uint8_t)membership_tier_by_hand(customer.member, ctx->expiry_ms);
    if (ctx->identity->customer(ctx).len == 0) out->reason = customer.member->tier_reason; /* written for staff */
    out->since = state.since;
    out->until = customer.member->tier_until;
    out->lost_at = state.lost_at;
    out->entitlements = grants.entitlements;
    st = membership_tier_ask(ctx, &customer, &state, &question, &answer);
    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    out->version = answer.version;
    out->review_at = answer.review_at;
    if (!out->by_hand && membership_tier_kept(&state, &answer, ctx->expiry_ms)) out->keep_until = answer.keep_until;
    return MX_OK;
}

/* ---- next ---- */

static mx_status find_tier(struct mx_ctx *ctx, struct mx_str code, struct mx_str draft, const struct mx_tier **tier) {
    const struct mx_tiers_ask ask = {code, draft};
    struct mx_tiers *tiers = mx_alloc(ctx, sizeof(*tiers));
    mx_status st;
    *tier = NULL;
    if (code.len == 0) return MX_OK;
    st = mx_ask(ctx, &mx_point_tiers, &ask, tiers);
    if (st == MX_OK && tiers->tiers.count) *tier = mx_list_at(&tiers->tiers, 0);
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status next_handler(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct mx_member_ask *ask = in;
    const struct membership_tier_question question = {0};
    const struct mx_tier *next = NULL;
    struct membership_tier_next *out = out_;
    struct membership_customer customer;
    struct membership_tier_state state;
    struct mx_tier_answer answer;
    mx_status st = find_customer(ctx, ask->member, &customer);
    if (st != MX_OK) return st;
    state = membership_tier_state_of(customer.member);
    out->member = customer.member->id;
    out->tier = state.tier;
    out->since = state.since;
    out->lost_at = state.lost_at;
    st = membership_tier_ask(ctx, &customer, &state, &question, &answer);
    if (st == MX_OK) st = find_tier(ctx, answer.next, question.draft, &next);
    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    out->version = answer.version;
    out->next = answer.next;
    if (next) out->name = next->name;
    if (membership_tier_kept(&state, &answer, ctx->expiry_ms)) out->keep_until = answer.keep_until;
    out->missing = membership_missing_in_words(ctx, &answer.missing);
    out->words = membership_next_in_words(ctx, next, &out->missing);
    return MX_OK;
}

const struct mx_op membership_tier_next_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "membership.tier.next",
    .doc = "Say which tier is above a member's own, and what is missing for it, in words too.",
    .permission = "members.read",
    .in = &mx_member_ask_type,
    .out = &membership_tier_next_type,
    .handler = next_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = "member",
};

/* ---- history ---- */

struct gathering {
    int64_t before; /* 0: all */
    struct mx_str before_id;
    struct membership_tier_row *rows;
    uint32_t count, limit;
    int more;
};

static int newest_first(const void *a_, const void *b_) {
    const struct membership_tier_row *a = a_, *b = b_;
    if (a->at != b->at) return a->at > b->at ? -1 : 1;
    return -mx_str_cmp(a->id, b->id);
}

static void take_row(struct gathering *gathering, const struct membership_tier_change *change) {
    struct membership_tier_row *row = &gathering->rows[gathering->count++];
    row->member = change->member;
    row->id = change->id;
    row->at = change->at;
    row->from = change->from;
    row->tier = change->tier;
    row->why = change->why;
    row->rule = change->rule;
    row->version = change->version;
    row->reason = change->reason;
    row->until = change->until;
}

/* Several changes may share one moment: a command may bring two, and a millisecond many commands. */
static int is_before(const struct gathering *gathering, const struct membership_tier_change *change) {
    if (gathering->before == 0 || change->at != gathering->before) return gathering->before == 0 || change->at < gathering->before;
    return gathering->before_id.len && mx_str_cmp(change->id, gathering->before_id) < 0;
}

static mx_status gather(struct mx_ctx *ctx, struct mx_str member, struct gathering *gathering) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .reverse = 1};
    struct membership_tier_change probe = {.member = member}, *change = NULL;
    struct mx_scan *scan = NULL;
    uint32_t begin = gathering->count;
    mx_status st = mx_scan_open(ctx, &membership_tier_changes, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &change)) == MX_OK) {
        if (!is_before(gathering, change)) continue;
        if (gathering->count - begin == gathering->limit) {
            gathering->more = 1;
            return MX_OK;
        }
        take_row(gathering, change);
    }
    return st == MX_DONE ? MX_OK : st;
}

/* What happened under any of the customer's ids, newest first, at most `limit`. */
static mx_status gather_all(struct mx_ctx *ctx, const struct membership_customer *customer, uint32_t limit, struct gathering *gathering) {
    mx_status st = MX_OK;
    uint32_t i;
    gathering->count = 0;
    gathering->more = 0;
    gathering->limit = limit;
    gathering->rows = mx_alloc(ctx, (size_t)customer->members.count * limit * sizeof(*gathering->rows) + 1);
    for (i = 0; st == MX_OK && i < customer->members.count; i++) st = gather(ctx, mx_list_str(&customer->members, i), gathering);
    if (gathering->count) qsort(gathering->rows, gathering->count, sizeof(*gathering->rows), newest_first);
    gathering->more |= gathering->count > limit;
    if (gathering->count > limit) gathering->count = limit;
    return st;
}

static mx_status history_handler(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct membership_tier_history_ask *ask = in;
    struct membership_tier_history *out = out_;
    struct membership_customer customer;
    struct gathering gathering = {.before = ask->before, .before_id = ask->before_id};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : MEMBERSHIP_TIER_HISTORY, i;
    mx_status st = find_customer(ctx, ask->member, &customer);
    if (st == MX_OK && ask->before_id.len && ask->before == 0)
        return mx_fail(ctx, MX_E_MISSING_FIELD, "before", "Say of which moment this row is: its `at`.");
    if (st == MX_OK) st = gather_all(ctx, &customer, limit, &gathering);
    if (st != MX_OK) return st;
    for (i = 0; i < gathering.count && ctx->identity->customer(ctx).len; i++) gathering.rows[i].reason = mx_str_n(NULL, 0);
    out->changes = (struct mx_list){gathering.rows, gathering.count, sizeof(*gathering.rows)};
    out->more = (uint8_t)gathering.more;
    return MX_OK;
}

mx_status membership_tier_told(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_list *changes, uint8_t *more) {
    struct gathering gathering = {.before = 0};
    uint32_t i;
    mx_status st = gather_all(ctx, customer, MEMBERSHIP_TIER_TOLD, &gathering);
    for (i = 0; i < gathering.count; i++) gathering.rows[i].reason = mx_str_n(NULL, 0);
    *changes = (struct mx_list){gathering.rows, gathering.count, sizeof(*gathering.rows)};
    *more = (uint8_t)gathering.more;
    return st;
}

const struct mx_op membership_tier_history_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "membership.tier.history",
    .doc = "List what happened to a member's tier, newest first.",
    .permission = "members.read",
    .in = &membership_tier_history_ask_type,
    .out = &membership_tier_history_type,
    .handler = history_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = "member",
};

/* ---- what would be ---- */

/* The tier held at a time of the past: what happened since is taken back, the newest first. */
static mx_status state_then(struct mx_ctx *ctx, const struct membership_customer *customer, int64_t at,
                            struct membership_tier_state *state) {
    struct gathering gathering = {.before = 0};
    uint32_t i;
    mx_status st = gather_all(ctx, customer, MEMBERSHIP_PAGE_MAX, &gathering);
    if (st != MX_OK) return st;
    for (i = 0; i < gathering.count && gathering.rows[i].at > at; i++) {
        const struct membership_tier_row *row = &gathering.rows[i];
        if (row->why == MEMBERSHIP_TIER_LOST) state->lost_at = 0;
        if (mx_str_eq(row->from, row->tier)) continue;
        state->tier = row->from;
        state->since = 0;
        state->lost_at = 0;
    }
    for (; i < gathering.count; i++) { /* what it was then: since when, and whether it was being lost */
        const struct membership_tier_row *row = &gathering.rows[i];
        if (!mx_str_eq(row->from, row->tier)) {
            state->since = row->at;
            break;
        }
        if (state->lost_at == 0 && row->why == MEMBERSHIP_TIER_LOST) state->lost_at = row->at;
        if (row->why == MEMBERSHIP_TIER_REGAINED) break;
    }
    if (state->since == 0) state->since = customer->member->joined_at;
    return MX_OK;
}

mx_status membership_tier_rules(struct mx_ctx *ctx, struct mx_str draft, int64_t version, struct mx_str *name) {
    char text[24];
    if (draft.len && version) return mx_fail(ctx, MX_E_BAD_INPUT, "version", "Name either a draft or a version.");
    *name = draft;
    if (version == 0) return MX_OK;
    snprintf(text, sizeof(text), "%lld", (long long)version);
    *name = mx_dup(ctx, mx_str_of(text));
    return MX_OK;
}

static mx_status would_handler(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct membership_tier_would_ask *ask = in;
    struct membership_tier_question question = {.at = ask->at};
    struct membership_tier_would *out = out_;
    struct membership_customer customer;
    struct membership_tier_state state;
    struct mx_tier_answer answer;
    mx_status st = membership_tier_rules(ctx, ask->draft, ask->version, &question.draft);
    if (st == MX_OK && ask->at > ctx->now_ms) st = mx_fail(ctx, MX_E_OUT_OF_RANGE, "at", "Nothing is known of the future.");
    if (st == MX_OK) st = find_customer(ctx, ask->member, &customer);
    if (st != MX_OK) return st;
    state = membership_tier_state_of(customer.member);
    if (ask->at) st = state_then(ctx, &customer, ask->at, &state);
    if (st == MX_OK) st = membership_tier_ask(ctx, &customer, &state, &question, &answer);
    if (st == MX_DECLINED) return mx_refuse(ctx, "no_tiers", NULL, "These rules say nothing about tiers.");
    if (st != MX_OK) return st;
    out->member = customer.member->id;
    out->at = ask->at ? ask->at : ctx->expiry_ms;
    out->held = state.tier;
    out->earned = answer.tier;
    out->tier = answer.tier;
    out->rule = answer.rule;
    if (membership_tier_kept(&state, &answer, out->at)) {
        out->tier = state.tier;
        out->keep_until = answer.keep_until;
    }
    out->next = answer.next;
    out->missing = membership_missing_in_words(ctx, &answer.missing);
    out->version = answer.version;
    return MX_OK;
}

const struct mx_op membership_tier_would_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY | MX_OP_HEAVY,
    .name = "membership.tier.would",
    .doc = "Say which tier a member would have by a draft or a version of the rules, now or at a time of the past.",
    .permission = "members.read",
    .in = &membership_tier_would_ask_type,
    .out = &membership_tier_would_type,
    .handler = would_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
