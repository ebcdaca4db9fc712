/* The profile: name, day of birth and the personal attributes, sealed under the person's key; the open ones beside it. */
#include <stdlib.h>

#include "profile.h"

const struct mx_table membership_traits = {
    .size = sizeof(struct mx_table),
    .name = "membership.trait",
    .doc = "open attributes of members",
    .type = &membership_trait_type,
    .key = "member",
};

const struct mx_event_def membership_profile_changed_event = {
    .size = sizeof(struct mx_event_def),
    .name = MX_EVENT_PROFILE_CHANGED,
    .doc = "a member's profile changed",
    .type = &mx_profile_changed_type,
};

static void note(struct mx_list *changed, const char *field) { *(struct mx_str *)mx_list_at(changed, changed->count++) = mx_str_of(field); }

static void say_birth(struct mx_ctx *ctx, struct membership_profile *profile, const struct membership_birth *birth,
                      struct mx_list *changed) {
    struct mx_str text = membership_birth_text(ctx, birth);
    if (mx_str_eq(text, profile->birth)) return;
    profile->birth = text;
    profile->birthday = membership_day_text(ctx, birth->month, birth->day, birth->lunar);
    note(changed, "birth");
}

static mx_status put_traits(struct mx_ctx *ctx, struct mx_str member, struct membership_trait *trait) {
    if (trait->values.count == 0 && trait->said.count == 0 && trait->rec.rev == 0) return MX_OK;
    trait->member = member;
    trait->rec.has = UINT64_MAX;
    return mx_put(ctx, &membership_traits, trait);
}

static int compare_texts(const void *a, const void *b) { return mx_str_cmp(*(const struct mx_str *)a, *(const struct mx_str *)b); }

mx_status membership_profile_write(struct mx_ctx *ctx, const struct membership_member *member, const struct membership_saying *saying,
                                   struct mx_list *changed, int64_t *rev) {
    struct membership_profile profile_probe = {.member = member->id, .person = member->person}, *profile = NULL;
    struct membership_trait trait_probe = {.member = member->id}, *trait = NULL;
    struct mx_list fields = mx_list_new(ctx, (saying->attributes ? saying->attributes->count : 0) + 2, sizeof(struct mx_str));
    mx_status st = mx_get(ctx, &membership_profiles, &profile_probe, &profile);
    fields.count = 0;
    if (st == MX_NONE) profile = &profile_probe;
    if (st == MX_OK || st == MX_NONE) st = mx_get(ctx, &membership_traits, &trait_probe, &trait);
    if (st == MX_NONE) trait = &trait_probe;
    if (st != MX_OK && st != MX_NONE) return st;

    if (saying->name.len && !mx_str_eq(saying->name, profile->name)) {
        profile->name = saying->name;
        note(&fields, "name");
    }
    if (saying->birth) say_birth(ctx, profile, saying->birth, &fields);
    if (saying->attributes && saying->attributes->count) {
        struct membership_attribute_maps maps = {.open = trait->values,
                                                 .open_said = trait->said,
                                                 .sealed = profile->attributes,
                                                 .sealed_said = profile->said,
                                                 .shown = saying->shown};
        st = membership_attributes_apply(ctx, saying->attributes, &maps, &fields);
        if (st != MX_OK) return st;
        trait->values = maps.open;
        trait->said = maps.open_said;
        profile->attributes = maps.sealed;
        profile->said = maps.sealed_said;
    }
    if (fields.count || profile->rec.rev == 0) {
        profile->rec.has = UINT64_MAX;
        st = mx_put(ctx, &membership_profiles, profile);
        if (st == MX_OK) st = put_traits(ctx, member->id, trait);
        if (st != MX_OK) return st;
    }
    if (fields.count) qsort(fields.items, fields.count, sizeof(struct mx_str), compare_texts);
    if (changed) *changed = fields;
    if (rev) *rev = profile->rec.rev;
    return MX_OK;
}

static mx_status demand_rev(struct mx_ctx *ctx, const struct membership_member *member, int64_t if_rev) {
    struct membership_profile probe = {.member = member->id}, *profile = NULL;
    mx_status st = mx_get(ctx, &membership_profiles, &probe, &profile);
    int64_t rev = st == MX_OK ? profile->rec.rev : 0;
    if (st < 0) return st;
    if (rev == if_rev) return MX_OK;
    return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "This profile is at revision %lld by now.", (long long)rev);
}

static mx_status all_attributes_of(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_list *all) {
    struct mx_list open = {0}, sealed = {0};
    mx_status st = membership_traits_of(ctx, customer, &open);
    if (st == MX_OK) st = membership_sealed_of(ctx, customer, &sealed);
    if (st != MX_OK) return st;
    *all = mx_list_new(ctx, open.count + sealed.count, sizeof(struct mx_pair));
    if (open.count) memcpy(all->items, open.items, open.count * sizeof(struct mx_pair));
    if (sealed.count) memcpy((struct mx_pair *)all->items + open.count, sealed.items, sealed.count * sizeof(struct mx_pair));
    return MX_OK;
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_profile_put *request = in;
    struct membership_profile_rev *answer = out;
    struct membership_saying saying = {.name = request->name, .birth = request->birth, .attributes = &request->attributes};
    struct mx_profile_changed changed = {0};
    struct membership_customer customer;
    struct mx_list shown;
    mx_status st;
    if (MX_HAS(membership_profile_put, request, name) && mx_str_is_blank(request->name))
        return mx_fail(ctx, MX_E_BAD_INPUT, "name", "A name has more than spaces.");
    st = request->birth ? membership_birth_check(ctx, request->birth) : MX_OK;
    if (st != MX_OK) return st;
    st = membership_customer_of(ctx, request->member, &customer);
    if (st == MX_NONE || (st == MX_OK && customer.member->erased_at))
        return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    if (st == MX_OK && MX_HAS(membership_profile_put, request, if_rev)) st = demand_rev(ctx, customer.member, request->if_rev);
    if (st == MX_OK && customer.members.count > 1) {
        st = all_attributes_of(ctx, &customer, &shown);
        saying.shown = &shown;
    }
    if (st == MX_OK) st = membership_profile_write(ctx, customer.member, &saying, &changed.fields, &answer->profile_rev);
    if (st != MX_OK) return st;
    answer->member = changed.member = customer.member->id;
    return changed.fields.count ? mx_emit(ctx, &membership_profile_changed_event, &changed) : MX_OK;
}

const struct mx_op membership_profile_put_op = {
    .size = sizeof(struct mx_op),
    .name = "membership.profile.put",
    .doc = "Change a member's name, day of birth and attributes; what is left out stays.",
    .permission = "members.profile",
    .own = "member",
    .in = &membership_profile_put_type,
    .out = &membership_profile_rev_type,
    .handler = put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
