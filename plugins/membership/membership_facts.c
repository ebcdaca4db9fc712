/* What other plugins learn of a member: read by every sale, so nothing is asked for that is not there. */
#include "merx/retail/privacy.h"
#include "merx/retail/tag.h"

#include <stdlib.h>

#include "tiers.h"

static int compare_texts(const void *a, const void *b) { return mx_str_cmp(*(const struct mx_str *)a, *(const struct mx_str *)b); }

struct mx_list membership_all_segments(struct mx_ctx *ctx, const struct membership_customer *customer) {
    struct mx_list all = customer->member->segments;
    struct mx_str *texts;
    uint32_t count = all.count, kept = 0, i, k;
    for (i = 0; i < customer->others.count; i++) count += (*(struct membership_member **)mx_list_at(&customer->others, i))->segments.count;
    if (count == all.count) return all;
    all = mx_list_new(ctx, count, sizeof(struct mx_str));
    texts = all.items;
    count = customer->member->segments.count;
    if (count) memcpy(texts, customer->member->segments.items, count * sizeof(*texts));
    for (i = 0; i < customer->others.count; i++) {
        const struct mx_list *more = &(*(struct membership_member **)mx_list_at(&customer->others, i))->segments;
        if (more->count) memcpy(texts + count, more->items, more->count * sizeof(*texts));
        count += more->count;
    }
    qsort(texts, count, sizeof(*texts), compare_texts);
    for (k = 0; k < count; k++)
        if (kept == 0 || !mx_str_eq(texts[kept - 1], texts[k])) texts[kept++] = texts[k];
    all.count = kept < MEMBERSHIP_SEGMENTS_MAX ? kept : MEMBERSHIP_SEGMENTS_MAX;
    return all;
}

/* ---- entitlements ---- */

#define ENTITLEMENTS_MAX 256u

struct collected {
    struct mx_ctx *ctx;
    struct mx_list *entitlements;
};

static mx_status collect(void *arg, const char *plugin, const void *answer) {
    struct collected *collected = arg;
    const struct mx_entitlements *more = answer;
    struct mx_list *all = collected->entitlements;
    uint32_t i;
    (void)plugin;
    if (more->entitlements.count && !all->items) {
        *all = mx_list_new(collected->ctx, ENTITLEMENTS_MAX, sizeof(struct mx_entitlement));
        all->count = 0;
    }
    for (i = 0; i < more->entitlements.count && all->count < ENTITLEMENTS_MAX; i++) {
        const struct mx_entitlement *one = mx_list_at(&more->entitlements, i);
        if (one->until && one->until <= collected->ctx->expiry_ms) continue;
        *(struct mx_entitlement *)mx_list_at(all, all->count++) = *one;
    }
    return MX_OK;
}

mx_status membership_entitlements_of(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_list *entitlements) {
    struct mx_member_ask ask = {.member = customer->member->id, .members = customer->members};
    struct collected collected = {ctx, entitlements};
    struct mx_entitlements granted;
    mx_status st = membership_tier_grants(ctx, customer, &granted);
    *entitlements = (struct mx_list){0};
    if (st == MX_OK) st = collect(&collected, "", &granted);
    if (st == MX_OK) st = mx_ask_all(ctx, &mx_point_entitlements, &ask, collect, &collected);
    return st == MX_DECLINED ? MX_OK : st; /* nobody grants anything */
}

/* ---- tags, with consent alone ---- */

static mx_status may_personalise(struct mx_ctx *ctx, const struct membership_customer *customer, int *may) {
    struct mx_consent_ask ask = {
        .member = customer->member->id, .purpose = MX_STR_INIT(MX_PURPOSE_PERSONALISATION), .members = customer->members};
    struct mx_consent_answer answer = {0};
    mx_status st = mx_ask(ctx, &mx_point_consent, &ask, &answer);
    *may = st == MX_OK && answer.basis != MX_BASIS_NONE;
    return st == MX_DECLINED ? MX_OK : st;
}

static void withhold(struct mx_ctx *ctx, struct mx_member_facts *facts, const char *name) {
    facts->withheld = mx_list_new(ctx, 1, sizeof(struct mx_str));
    *(struct mx_str *)facts->withheld.items = mx_str_of(name);
}

static mx_status fill_tags(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_member_facts *facts) {
    struct mx_member_ask ask = {.member = customer->member->id, .members = customer->members};
    struct mx_tags held = {0};
    uint32_t i;
    int may = 0;
    mx_status st = mx_ask(ctx, &mx_point_tags_held, &ask, &held);
    if (st < 0) return st;
    st = may_personalise(ctx, customer, &may); /* also without a tag: that she has none is not said either */
    if (st != MX_OK) return st;
    if (!may) {
        withhold(ctx, facts, "tags");
        return MX_OK;
    }
    if (held.tags.count == 0) return MX_OK;
    facts->tags = mx_list_new(ctx, held.tags.count, sizeof(struct mx_str));
    for (i = 0; i < held.tags.count; i++)
        *(struct mx_str *)mx_list_at(&facts->tags, i) = ((const struct mx_tag *)mx_list_at(&held.tags, i))->tag;
    return MX_OK;
}

mx_status membership_facts(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct mx_member_facts *facts = out;
    struct membership_customer customer;
    mx_status st = membership_customer_of(ctx, ask->member, &customer);
    if (st != MX_OK) return st == MX_NONE ? MX_DECLINED : st;
    facts->id = customer.member->id;
    facts->tier = customer.member->tier;
    facts->segments = membership_all_segments(ctx, &customer);
    facts->person = customer.member->person;
    facts->members = customer.members;
    facts->tier_at = customer.member->tier_at;
    facts->joined_at = customer.member->joined_at;
    facts->erased = customer.member->erased_at > 0;
    if (ask->brief) return MX_OK;
    st = membership_customer_counters(ctx, &customer, &facts->counters);
    if (st == MX_OK) st = membership_entitlements_of(ctx, &customer, &facts->entitlements);
    return st == MX_OK ? fill_tags(ctx, &customer, facts) : st;
}

mx_status membership_member_of_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_of_ask *ask = in;
    struct membership_customer customer;
    mx_status st = membership_customer_of_person(ctx, ask->person, &customer);
    if (st == MX_OK) ((struct mx_member_of *)out)->member = customer.member->id;
    return st == MX_NONE ? MX_DECLINED : st;
}
