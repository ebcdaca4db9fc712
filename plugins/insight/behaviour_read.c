/* What customers did, read again: for rules, for the profile, for whoever is known by a device at last. */
#include "internal.h"

#include <stdlib.h>

#define ANSWER_MAX 500
#define SHOWN_MAX  50

mx_status insight_walk(struct mx_ctx *ctx, struct mx_str member, int64_t from, int64_t until, insight_did_fn fn, void *arg) {
    struct insight_did probe = {.owner = member, .at = until ? until - 1 : MX_INT_MAX, .n = MX_INT_MAX}, *did = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .from = 1, .reverse = 1};
    struct mx_scan *scan = NULL;
    struct insight_row row;
    mx_status st = insight_row_get(ctx, member, &row);
    if (st == MX_OK) st = mx_scan_open(ctx, &insight_dids, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &did)) == MX_OK) {
        if (did->at < from) break;
        if (did->n >= row.let_go) st = fn(arg, did); /* the others are on their way out */
    }
    return st == MX_DONE ? MX_OK : st;
}

struct gathering {
    struct mx_str kind;
    const struct insight_did **found;
    uint32_t count, max;
};

static mx_status gather(void *arg, const struct insight_did *did) {
    struct gathering *gathering = arg;
    if (gathering->kind.len && !mx_str_eq(gathering->kind, did->kind)) return MX_OK;
    gathering->found[gathering->count++] = did;
    return gathering->count == gathering->max ? MX_DONE : MX_OK;
}

static int by_time(const void *a, const void *b) {
    const struct insight_did *x = *(const struct insight_did *const *)a, *y = *(const struct insight_did *const *)b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return x->n < y->n ? -1 : x->n > y->n;
}

/* The newest of all ids, at most all->max, oldest first. */
static mx_status gather_all(struct mx_ctx *ctx, const struct mx_list *members, int64_t from, int64_t until, struct gathering *all) {
    uint32_t i;
    mx_status st = MX_OK;
    all->found = mx_alloc(ctx, (size_t)all->max * members->count * sizeof(*all->found));
    for (i = 0; st == MX_OK && i < members->count; i++) {
        struct gathering one = {all->kind, all->found + all->count, 0, all->max};
        st = insight_walk(ctx, mx_list_str(members, i), from, until, gather, &one);
        all->count += one.count;
    }
    if (all->count > 1) qsort(all->found, all->count, sizeof(*all->found), by_time);
    if (all->count > all->max) {
        all->found += all->count - all->max;
        all->count = all->max;
    }
    return st;
}

static struct mx_list shown(struct mx_ctx *ctx, const struct gathering *all, uint32_t newest) {
    uint32_t i, first = all->count > newest ? all->count - newest : 0;
    struct mx_list list = mx_list_new(ctx, all->count - first, sizeof(struct mx_behaviour));
    for (i = first; i < all->count; i++) {
        const struct insight_did *did = all->found[i];
        *(struct mx_behaviour *)mx_list_at(&list, i - first) =
            (struct mx_behaviour){did->session, did->kind, did->subject, did->at, did->dwell_ms};
    }
    return list;
}

mx_status insight_deeds(struct mx_ctx *ctx, const struct mx_list *members, uint32_t max, const struct insight_did *const **deeds,
                        uint32_t *count) {
    struct gathering all = {.max = max};
    mx_status st = gather_all(ctx, members, 0, 0, &all);
    *deeds = all.found;
    *count = all.count;
    return st;
}

mx_status insight_behaviour_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_behaviour_ask *ask = in;
    struct gathering all = {.kind = ask->kind, .max = ANSWER_MAX};
    mx_status st = gather_all(ctx, &ask->members, ask->from, ask->until, &all);
    ((struct mx_behaviours *)out)->behaviours = shown(ctx, &all, ANSWER_MAX);
    return st;
}

/* ---- the profile ---- */

struct profile_kind {
    struct mx_str kind;
    struct mx_str subject;
    int64_t times;
    int64_t dwell_ms;
    int64_t last_at;
};
static const struct mx_field profile_kind_fields[] = {
    MX_F_STR(profile_kind, kind, MX_REQUIRED, 1, 32, "what was done"),
    MX_F_STR(profile_kind, subject, 0, 0, 64, "with what"),
    MX_F_INT(profile_kind, times, 0, 0, MX_INT_MAX, "how often"),
    MX_F_INT(profile_kind, dwell_ms, 0, 0, MX_INT_MAX, "for how long in all"),
    MX_F_TIME(profile_kind, last_at, 0, "when last"),
};
MX_TYPE(profile_kind, "insight.profile.kind", "how often a customer did something");

struct profile {
    struct mx_str member;
    struct mx_list recent; /* of struct mx_behaviour */
    struct mx_list sums;   /* of struct profile_kind */
    struct mx_list tags;   /* of struct mx_tag */
    int64_t orders;
    int64_t spent;
    int64_t last_at;
    uint8_t withheld;
};
static const struct mx_field profile_fields[] = {
    MX_F_ID(profile, member, MX_REQUIRED, "mem", "member"),
    MX_F_LIST(profile, recent, 0, 0, SHOWN_MAX, mx_behaviour_type, "the newest things that she did, oldest first"),
    MX_F_LIST(profile, sums, 0, 0, ANSWER_MAX, profile_kind_type, "her newest 500 things by kind and subject, the most frequent first"),
    MX_F_LIST(profile, tags, 0, 0, 256, mx_tag_type, "tags that rules gave her"),
    MX_F_INT(profile, orders, 0, -MX_INT_MAX, MX_INT_MAX, "orders"),
    MX_F_INT(profile, spent, 0, -MX_INT_MAX, MX_INT_MAX, "spent less what was given back"),
    MX_F_TIME(profile, last_at, 0, "last sale"),
    MX_F_BOOL(profile, withheld, 0, "what she did and her tags are not shown: she has not agreed to personalisation"),
};
MX_TYPE(profile, "insight.profile", "what a customer does");

struct profile_one {
    struct profile *profile;
};
static const struct mx_field profile_one_fields[] = {
    MX_F_STRUCT(profile_one, profile, MX_REQUIRED, profile_type, "the profile"),
};
MX_TYPE(profile_one, "insight.profile.one", "one profile");

static int by_times(const void *a, const void *b) {
    const struct profile_kind *x = a, *y = b;
    int order;
    if (x->times != y->times) return x->times > y->times ? -1 : 1;
    order = mx_str_cmp(x->kind, y->kind);
    return order ? order : mx_str_cmp(x->subject, y->subject);
}

static void sum_up(struct mx_ctx *ctx, const struct gathering *all, struct profile *profile) {
    uint32_t i, k, count = 0;
    profile->sums = mx_list_new(ctx, all->count, sizeof(struct profile_kind));
    for (i = 0; i < all->count; i++) {
        const struct insight_did *did = all->found[i];
        struct profile_kind *sum = profile->sums.items;
        for (k = 0; k < count && !(mx_str_eq(sum->kind, did->kind) && mx_str_eq(sum->subject, did->subject)); k++) sum++;
        if (k == count) count++;
        sum->kind = did->kind;
        sum->subject = did->subject;
        sum->times++;
        sum->dwell_ms += did->dwell_ms;
        sum->last_at = did->at;
    }
    profile->sums.count = count;
    if (count > 1) qsort(profile->sums.items, count, sizeof(struct profile_kind), by_times);
}

static mx_status show_deeds(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct profile *profile) {
    const struct mx_member_ask standing = {.member = mx_list_str(&facts->members, 0)};
    struct gathering all = {.max = ANSWER_MAX};
    struct mx_tags tags = {0};
    mx_status st = gather_all(ctx, &facts->members, 0, 0, &all);
    if (st != MX_OK) return st;
    profile->recent = shown(ctx, &all, SHOWN_MAX);
    sum_up(ctx, &all, profile);
    st = insight_tags_held_answer(ctx, &standing, &tags);
    profile->tags = tags.tags;
    return st == MX_DECLINED ? MX_OK : st;
}

/* To herself everything is shown; to others what she did is, once she has agreed. */
static mx_status profile_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct profile *profile = mx_alloc(ctx, sizeof(*profile));
    struct mx_member_facts facts = {0};
    struct insight_row row;
    int consents = 1;
    mx_status st = insight_member_asked(ctx, ask->member, &facts);
    if (st == MX_OK) st = insight_row_of(ctx, &facts, 0, &row);
    if (st == MX_OK && ctx->identity->customer(ctx).len == 0) st = insight_consents(ctx, &facts, &consents);
    if (st != MX_OK) return st;
    profile->member = facts.id;
    profile->orders = row.orders;
    profile->spent = row.spent;
    profile->last_at = row.last_at;
    profile->withheld = (uint8_t)!consents;
    ((struct profile_one *)out)->profile = profile;
    return consents ? show_deeds(ctx, &facts, profile) : MX_OK;
}

const struct mx_op insight_op_profile = {.size = sizeof(struct mx_op),
                                         .flags = MX_OP_QUERY,
                                         .name = "insight.profile",
                                         .doc = "Show what a customer did lately, and the tags that follow from it.",
                                         .permission = "insight.read",
                                         .in = &mx_member_ask_type,
                                         .out = &profile_one_type,
                                         .handler = profile_handler,
                                         .since = "0.4",
                                         .own = "member"};
