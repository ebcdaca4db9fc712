/* What happens to members when persons become one customer, part again, or are forgotten; and what is kept of people here. */
#include "merx/retail/person.h"

#include "households.h"
#include "profile.h"
#include "tiers.h"

static mx_status renew_tier_of(struct mx_ctx *ctx, struct mx_str person) {
    struct membership_customer customer;
    mx_status st = membership_customer_of_person(ctx, person, &customer);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    return membership_renew_tier(ctx, customer.member->id);
}

mx_status membership_hear_merged(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_persons_merged *merged = data;
    struct membership_customer customer;
    mx_status st = membership_customer_of_person(ctx, merged->into, &customer);
    (void)event;
    return st == MX_OK ? membership_tier_merged(ctx, &customer, merged->from) : st == MX_NONE ? MX_OK : st;
}

mx_status membership_hear_unmerged(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_persons_merged *parted = data;
    struct membership_customer customer;
    mx_status st = membership_customer_of_person(ctx, parted->into, &customer);
    (void)event;
    if (st == MX_OK) st = membership_tier_parted(ctx, &customer, parted->from);
    return st == MX_OK || st == MX_NONE ? renew_tier_of(ctx, parted->from) : st;
}

/* ---- forgetting ---- */

static mx_status find_of(struct mx_ctx *ctx, struct mx_str person, struct membership_member **member) {
    struct membership_member probe = {.person = person};
    return mx_find(ctx, &membership_members, "person", &probe, member);
}

/* Her key is destroyed, so what was sealed cannot be read; it goes all the same, and so does what stood open. The books keep an id. */
mx_status membership_hear_erased(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_person_erased *erased = data;
    struct membership_profile profile = {0};
    struct membership_trait trait = {0};
    struct membership_member *member = NULL;
    mx_status st = find_of(ctx, erased->person, &member);
    (void)event;
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    profile.member = trait.member = member->id;
    st = mx_delete(ctx, &membership_profiles, &profile);
    if (st == MX_OK || st == MX_NONE) st = mx_delete(ctx, &membership_traits, &trait);
    if (st == MX_OK || st == MX_NONE) st = membership_household_forget(ctx, member->id);
    if (st != MX_OK && st != MX_NONE) return st;
    member->segments = (struct mx_list){0};
    member->erased_at = ctx->now_ms;
    member->rec.has = UINT64_MAX;
    return mx_put(ctx, &membership_members, member);
}

/* ---- parting ---- */

/* What was counted under this member id since then: it stays there. */
static mx_status count_since(struct mx_ctx *ctx, struct mx_str member, const char *name, int64_t since, int64_t *count) {
    struct membership_window window = {.from = since};
    struct mx_count_answer answer;
    mx_status st = membership_entry_sum(ctx, member, mx_str_of(name), &window, &answer);
    *count = answer.value > 0 ? answer.value : 0;
    return st;
}

mx_status membership_unmerge_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_unmerge_ask *ask = in;
    struct mx_unsplit *unsplit = out;
    struct membership_member *member = NULL, *other = NULL;
    mx_status st = find_of(ctx, ask->into, &member);
    if (st == MX_OK) st = find_of(ctx, ask->from, &other);
    if (st == MX_OK) st = count_since(ctx, member->id, MEMBERSHIP_ORDERS, ask->since, &unsplit->count);
    if (st != MX_OK) return st == MX_NONE ? MX_DECLINED : st;
    if (unsplit->count == 0) return MX_DECLINED;
    unsplit->what = mx_str_of("counters");
    unsplit->note =
        mx_str_of("So many orders were counted since the merge; visits, spending and tier of them stay with the member that stands.");
    return MX_OK;
}

/* ---- what is kept ---- */

mx_status membership_kept_answer(struct mx_ctx *ctx, const void *in, void *out) {
    static const struct mx_kept_kind kinds[] = {
        {.name = MX_STR_INIT("membership.member"),
         .about = MX_STR_INIT("that somebody is a member, since when, how and where she joined, at which tier and in which groups"),
         .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
         .basis = MX_BASIS_CONTRACT},
        {.name = MX_STR_INIT("membership.profile"),
         .about = MX_STR_INIT("name, day of birth and personal attributes, sealed"),
         .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
         .basis = MX_BASIS_CONTRACT,
         .erased = 1},
        {.name = MX_STR_INIT("membership.trait"),
         .about = MX_STR_INIT("open attributes, which rules may read with consent to their purpose"),
         .purpose = MX_STR_INIT(MX_PURPOSE_PERSONALISATION),
         .basis = MX_BASIS_CONSENT,
         .erased = 1},
        {.name = MX_STR_INIT("membership.household"),
         .about = MX_STR_INIT("who shares a household, and names and birth months of dependents, sealed"),
         .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
         .basis = MX_BASIS_CONTRACT,
         .erased = 1},
        {.name = MX_STR_INIT("membership.entry"),
         .about = MX_STR_INIT("how often, how much and of which categories and brands a member bought, and what else is counted"),
         .purpose = MX_STR_INIT(MX_PURPOSE_SERVICE),
         .basis = MX_BASIS_CONTRACT},
    };
    struct mx_kept *kept = out;
    (void)in;
    kept->kinds = mx_list_new(ctx, sizeof(kinds) / sizeof(kinds[0]), sizeof(kinds[0]));
    memcpy(kept->kinds.items, kinds, sizeof(kinds));
    return MX_OK;
}
