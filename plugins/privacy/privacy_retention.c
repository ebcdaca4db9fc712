/* How long things are kept. A round a day deletes what is older, a few rows at a time between the tills' commands, and forgets customers
 * who have not bought anything for as long as the shop says. */
#include "duties.h"

#include "merx/retail/order.h"

const struct mx_table privacy_retentions = {
    .size = sizeof(struct mx_table),
    .name = "privacy.retention",
    .doc = "how long the shop keeps what",
    .type = &privacy_retention_type,
    .key = "name",
};

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

mx_status privacy_keep_days(struct mx_ctx *ctx, struct mx_str name, int64_t *days) {
    struct privacy_retention probe = {.name = name}, *stored = NULL;
    mx_status st = mx_get(ctx, &privacy_retentions, &probe, &stored);
    *days = stored ? stored->days : 0;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status plan(struct mx_ctx *ctx, int64_t at_ms, const struct privacy_round *round) {
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &privacy_round_type, round, &body);
    return st == MX_OK ? mx_due_at(ctx, at_ms, privacy_round_op.name, mx_str_of("round"), body) : st;
}

/* ---- put ---- */

static mx_status check_kind(struct mx_ctx *ctx, const struct privacy_retention_put *put) {
    struct mx_list kinds;
    uint32_t i;
    mx_status st;
    if (mx_str_is(put->name, PRIVACY_IDLE)) return MX_OK;
    if ((st = privacy_kinds_of(ctx, &kinds, NULL)) != MX_OK) return st;
    for (i = 0; i < kinds.count; i++) {
        const struct privacy_kind *kind = mx_list_at(&kinds, i);
        if (!mx_str_eq(kind->name, put->name)) continue;
        if (!kind->trimmed && put->days)
            return mx_refuse(ctx, "never_trimmed", "name", "This is never deleted by age: the books would no longer add up.");
        if (put->days && put->days < kind->law_days)
            return mx_refuse(ctx, "law_floor", "days", "Law wants this kept for %lld days at least.", (long long)kind->law_days);
        return MX_OK;
    }
    return mx_fail(ctx, MX_E_NOT_FOUND, "name", "The register names nothing like this.");
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct privacy_retention_put *put = in;
    struct privacy_retention retention = {.name = put->name}, *stored = NULL;
    const struct privacy_round begin = {.now = 0};
    struct privacy_retention_put *said = out;
    mx_status st = check_kind(ctx, put);
    if (st == MX_OK) st = mx_get(ctx, &privacy_retentions, &retention, &stored);
    if (st < 0) return st;
    *said = *put;
    if (put->days == 0) return stored ? mx_delete(ctx, &privacy_retentions, stored) : MX_OK;
    if (stored) retention.rec = stored->rec;
    retention.rec.has = UINT64_MAX;
    retention.days = put->days;
    retention.at = ctx->now_ms;
    st = mx_put(ctx, &privacy_retentions, &retention);
    return st == MX_OK ? plan(ctx, ctx->expiry_ms, &begin) : st;
}

/* ---- the round ---- */

/* A plugin's own operation deletes; only the system may call it. */
static mx_status trim(struct mx_ctx *ctx, struct mx_str op, struct mx_str name, int64_t before, int *more) {
    const struct mx_trim ask = {.name = name, .before = before, .limit = PRIVACY_STEP};
    struct mx_trimmed trimmed = {0};
    struct mx_str in, answer;
    mx_status st = ctx->op->encode(ctx, &mx_trim_type, &ask, &in);
    if (st == MX_OK) st = mx_call_json(ctx, NULL, op, in, &answer);
    if (st == MX_OK) st = ctx->op->decode(ctx, &mx_trimmed_type, answer, &trimmed);
    *more = st == MX_OK && trimmed.rows >= PRIVACY_STEP;
    return st;
}

static mx_status see(struct mx_ctx *ctx, struct mx_str member, int64_t at);

/* One customer a step: each has records in many tables, and an event of her own. While she could still pay with something she is
 * kept, and looked at again as if she had been here. */
static mx_status forget_idle(struct mx_ctx *ctx, int64_t before, int *more) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "at"};
    struct privacy_seen *seen = NULL;
    struct mx_scan *scan = NULL;
    struct mx_member_facts facts = {0};
    struct privacy_erased erased = {0};
    struct mx_list members;
    int64_t balance = 0;
    mx_status st = mx_scan_open(ctx, &privacy_seen_table, &opts, NULL, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, &seen);
    if (st != MX_OK || seen->at >= before) return st == MX_DONE ? MX_OK : st;
    *more = 1;
    st = privacy_set_of(ctx, seen->member, &members, &facts);
    if (st == MX_OK) st = mx_delete(ctx, &privacy_seen_table, seen);
    if (st != MX_OK || facts.id.len == 0) return st;
    for (uint32_t i = 0; i < members.count; i++) {
        struct privacy_seen probe = {.member = mx_list_str(&members, i)}, *other = NULL;
        st = mx_get(ctx, &privacy_seen_table, &probe, &other);
        if (st < 0 || (st == MX_OK && other->at >= before)) return st; /* she was here under another id */
    }
    st = privacy_worth_of(ctx, facts.id, &balance);
    if (st != MX_OK || balance > 0) return st == MX_OK ? see(ctx, facts.id, ctx->expiry_ms) : st;
    st = privacy_forget(ctx, &members, facts.person, mx_str_of("nothing bought for as long as the shop keeps customers"), &erased);
    return st == MX_E_ERASED ? MX_OK : st;
}

static mx_status round_step(struct mx_ctx *ctx, struct privacy_round *round, int *done) {
    struct mx_list kinds, trims;
    int64_t days = 0;
    uint32_t i = 0;
    int more = 0;
    mx_status st = privacy_kinds_of(ctx, &kinds, &trims);
    while (st == MX_OK && i < kinds.count) {
        const struct privacy_kind *kind = mx_list_at(&kinds, i);
        if (mx_str_cmp(kind->name, round->after) > 0 && kind->trimmed) {
            st = privacy_keep_days(ctx, kind->name, &days);
            if (days) break;
        }
        i++;
    }
    if (st != MX_OK) return st;
    if (i < kinds.count) {
        const struct privacy_kind *kind = mx_list_at(&kinds, i);
        st = trim(ctx, mx_list_str(&trims, i), kind->name, round->now - days * PRIVACY_DAY_MS, &more);
        if (!more) round->after = kind->name;
        return st;
    }
    st = privacy_keep_days(ctx, mx_str_of(PRIVACY_IDLE), &days);
    if (st == MX_OK && days) st = forget_idle(ctx, round->now - days * PRIVACY_DAY_MS, &more);
    *done = !more;
    return st;
}

static mx_status round_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct privacy_round round = *(const struct privacy_round *)in;
    int done = 0;
    mx_status st;
    (void)out;
    if (round.now == 0) round.now = ctx->expiry_ms;
    if ((st = round_step(ctx, &round, &done)) != MX_OK) return st;
    if (!done) return plan(ctx, ctx->expiry_ms, &round);
    round = (struct privacy_round){.now = 0};
    return plan(ctx, ctx->expiry_ms + PRIVACY_DAY_MS, &round);
}

/* ---- when members were last seen: a row is written once a day at most ---- */

static mx_status see(struct mx_ctx *ctx, struct mx_str member, int64_t at) {
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
    return see(ctx, paid->member, paid->at ? paid->at : ctx->now_ms);
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
    return see(ctx, ((const struct joined *)data)->member, ctx->now_ms);
}

const struct mx_subscription privacy_hear_paid = {
    .size = sizeof(struct mx_subscription), .event = MX_EVENT_ORDER_PAID, .type = &mx_order_paid_type, .priority = 200, .fn = hear_paid};
const struct mx_subscription privacy_hear_joined = {
    .size = sizeof(struct mx_subscription), .event = "membership.joined", .type = &joined_type, .priority = 200, .fn = hear_joined};

const struct mx_op privacy_retention_put_op = {
    .size = sizeof(struct mx_op),
    .name = "privacy.retention.put",
    .doc = "Say how long something is kept: what the register names, or customers without a sale (\"idle\").",
    .permission = "privacy.settings",
    .in = &privacy_retention_put_type,
    .out = &privacy_retention_put_type,
    .handler = put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_op privacy_round_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "privacy.retention.round",
    .doc = "One step of the daily round.",
    .in = &privacy_round_type,
    .handler = round_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
