/* Counters of limits: what a rule used up in total, on a day, by a member, by a member on a day. */
#include "internal.h"
#include "records.h"

int64_t promotions_day(struct mx_ctx *ctx, struct mx_str zone, int64_t at) {
    struct mx_civil civil;
    mx_civil_of(ctx, zone, at, &civil);
    return ((int64_t)civil.year * 100 + civil.month) * 100 + civil.day;
}

int promotions_of_member(int32_t scope) { return scope == MX_LIMIT_MEMBER || scope == MX_LIMIT_MEMBER_DAY; }

int promotions_ask_ids(const struct mx_list *limits) {
    uint32_t i;
    for (i = 0; i < limits->count; i++)
        if (promotions_of_member(((const struct mx_offer_limit *)mx_list_at(limits, i))->scope)) return 1;
    return 0;
}

static int is_of_day(int32_t scope) { return scope == MX_LIMIT_DAY || scope == MX_LIMIT_MEMBER_DAY; }

mx_status promotions_counter_of(struct mx_ctx *ctx, struct mx_str rule, int32_t scope, struct mx_str member, int64_t day,
                                struct promotion_counter *counter) {
    struct promotion_counter probe = {.rule = rule, .scope = scope}, *stored = NULL;
    mx_status st;
    if (promotions_of_member(scope)) {
        if (member.len == 0) return MX_NONE;
        probe.who = member;
    }
    if (is_of_day(scope)) probe.day = day;
    st = mx_get(ctx, &promotions_counters, &probe, &stored);
    if (st < 0) return st;
    *counter = st == MX_OK ? *stored : probe;
    return MX_OK;
}

int64_t promotions_counted(const struct promotion_counter *counter, int32_t of) {
    if (of == MX_LIMIT_USES) return counter->uses;
    return of == MX_LIMIT_UNITS ? counter->units : counter->amount;
}

mx_status promotions_used_by(struct mx_ctx *ctx, struct mx_str rule, const struct mx_offer_limit *limit, const struct mx_list *ids,
                             int64_t day, int64_t *used) {
    struct promotion_counter counter = {.uses = 0};
    struct mx_str none = {NULL, 0};
    uint32_t count = promotions_of_member(limit->scope) ? ids->count : 1, i;
    mx_status st = count ? MX_OK : MX_NONE;
    *used = 0;
    for (i = 0; st == MX_OK && i < count; i++) {
        st = promotions_counter_of(ctx, rule, limit->scope, ids->count ? mx_list_str(ids, i) : none, day, &counter);
        if (st == MX_OK && !mx_add(*used, promotions_counted(&counter, limit->of), used)) *used = MX_INT_MAX;
    }
    return st;
}

/* A limit per member is there for members: a guest finds it used up, or leaving the card at home would get round it. */
static mx_status fill_limits(struct mx_ctx *ctx, const struct mx_list *ids, int64_t day, struct mx_offer *offer) {
    struct mx_list filled = mx_list_new(ctx, offer->limits.count, sizeof(struct mx_offer_limit));
    uint32_t i;
    for (i = 0; i < offer->limits.count; i++) {
        struct mx_offer_limit *limit = mx_list_at(&filled, i);
        mx_status st;
        *limit = *(const struct mx_offer_limit *)mx_list_at(&offer->limits, i);
        st = promotions_used_by(ctx, offer->rule, limit, ids, day, &limit->used);
        if (st < 0) return st;
        if (st == MX_NONE) limit->used = limit->max;
    }
    offer->limits = filled;
    return MX_OK;
}

static int any_of_member(const struct mx_list *offers) {
    uint32_t i;
    for (i = 0; i < offers->count; i++)
        if (promotions_ask_ids(&((const struct mx_offer *)mx_list_at(offers, i))->limits)) return 1;
    return 0;
}

mx_status promotions_used_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_used_ask *ask = in;
    struct mx_used_answer *answer = out;
    int64_t day = promotions_day(ctx, ask->zone, ask->at ? ask->at : ctx->now_ms);
    struct mx_list ids = {NULL, 0, sizeof(struct mx_str)};
    mx_status st = any_of_member(&ask->offers) ? promotions_ids(ctx, ask->member, &ids) : MX_OK;
    uint32_t i;
    answer->offers = mx_list_new(ctx, ask->offers.count, sizeof(struct mx_offer));
    for (i = 0; st == MX_OK && i < ask->offers.count; i++) {
        struct mx_offer *offer = mx_list_at(&answer->offers, i);
        *offer = *(const struct mx_offer *)mx_list_at(&ask->offers, i);
        if (offer->limits.count) st = fill_limits(ctx, &ids, day, offer);
    }
    return st;
}
