/* What rules may read of a profile: open attributes and month of birth, each as far as consent to its purpose goes. */
#include "merx/retail/tag.h"

#include "profile.h"

static mx_status may(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_str purpose, int *yes) {
    struct mx_consent_ask ask = {.member = customer->member->id, .purpose = purpose, .members = customer->members};
    struct mx_consent_answer answer = {0};
    mx_status st = mx_ask(ctx, &mx_point_consent, &ask, &answer);
    *yes = st == MX_OK ? answer.basis != MX_BASIS_NONE : mx_str_is(purpose, MX_PURPOSE_SERVICE);
    return st == MX_DECLINED ? MX_OK : st;
}

/* Those whose purpose she agreed to. Attributes share few purposes, so the last answer is kept. */
static mx_status keep_allowed(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_list *values) {
    struct mx_str asked = {NULL, 0};
    struct mx_pair *pairs = values->items;
    uint32_t kept = 0, i;
    int yes = 0;
    for (i = 0; i < values->count; i++) {
        struct membership_attribute probe = {.code = pairs[i].key}, *attribute = NULL;
        mx_status st = mx_get(ctx, &membership_attributes, &probe, &attribute);
        if (st == MX_NONE) continue;
        if (st == MX_OK && !mx_str_eq(attribute->purpose, asked)) {
            st = may(ctx, customer, attribute->purpose, &yes);
            asked = attribute->purpose;
        }
        if (st != MX_OK) return st;
        if (yes) pairs[kept++] = pairs[i];
    }
    values->count = kept;
    return MX_OK;
}

static mx_status fill_birth(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_traits *traits) {
    struct membership_birth birth;
    uint32_t i;
    for (i = 0; i < customer->members.count; i++) {
        struct membership_profile probe = {.member = mx_list_str(&customer->members, i)}, *profile = NULL;
        mx_status st = mx_get(ctx, &membership_profiles, &probe, &profile);
        if (st == MX_NONE || st == MX_E_ERASED) continue;
        if (st != MX_OK) return st;
        if (!membership_birth_read(profile->birth, &birth)) continue;
        traits->birth_year = birth.year;
        traits->birth_month = birth.lunar ? 0 : birth.month;
        return MX_OK;
    }
    return MX_OK;
}

mx_status membership_traits_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct mx_traits *traits = out;
    struct membership_customer customer;
    int yes = 0;
    mx_status st = membership_customer_of(ctx, ask->member, &customer);
    if (st != MX_OK) return st == MX_NONE ? MX_DECLINED : st;
    st = membership_traits_of(ctx, &customer, &traits->traits);
    if (st == MX_OK) st = keep_allowed(ctx, &customer, &traits->traits);
    if (st == MX_OK) st = may(ctx, &customer, mx_str_of(MX_PURPOSE_PERSONALISATION), &yes);
    return st == MX_OK && yes ? fill_birth(ctx, &customer, traits) : st;
}
