/* Looking members up, and what people see of one. */
#include "profile.h"

/* The identifiers of one kind, of all persons that are this customer. */
static mx_status gather(struct mx_ctx *ctx, const struct mx_list *persons, const char *kind, struct mx_list *all) {
    uint32_t i;
    *all = (struct mx_list){0};
    for (i = 0; i < persons->count; i++) {
        struct mx_list some = {0}, sum;
        mx_status st = ctx->identity->person_identifiers(ctx, mx_list_str(persons, i), kind, &some);
        if (st == MX_NONE || st == MX_E_ERASED) continue;
        if (st != MX_OK) return st;
        if (some.count == 0) continue;
        sum = mx_list_new(ctx, all->count + some.count, sizeof(struct mx_str));
        if (all->count) memcpy(sum.items, all->items, all->count * sizeof(struct mx_str));
        memcpy((struct mx_str *)sum.items + all->count, some.items, some.count * sizeof(struct mx_str));
        if (sum.count > 100) sum.count = 100;
        *all = sum;
    }
    return MX_OK;
}

static mx_status show_profile(struct mx_ctx *ctx, const struct membership_customer *customer, struct membership_card *card) {
    struct membership_birth birth;
    mx_status st;
    uint32_t i;
    for (i = 0; i < customer->members.count; i++) {
        struct membership_profile probe = {.member = mx_list_str(&customer->members, i)}, *profile = NULL;
        st = mx_get(ctx, &membership_profiles, &probe, &profile);
        if (st == MX_NONE || st == MX_E_ERASED) continue;
        if (st != MX_OK) return st;
        if (i == 0) card->profile_rev = profile->rec.rev;
        if (card->name.len == 0) card->name = profile->name;
        if (!card->birth && membership_birth_read(profile->birth, &birth)) {
            card->birth = mx_alloc(ctx, sizeof(birth));
            *card->birth = birth;
        }
    }
    st = membership_sealed_of(ctx, customer, &card->attributes);
    return st == MX_OK ? membership_traits_of(ctx, customer, &card->traits) : st;
}

mx_status membership_card_of(struct mx_ctx *ctx, const struct membership_customer *customer, struct membership_card *card) {
    const struct membership_member *member = customer->member;
    mx_status st;
    card->id = member->id;
    card->tier = member->tier;
    card->tier_at = member->tier_at;
    card->joined_at = member->joined_at;
    card->rev = member->rec.rev;
    if (ctx->identity->customer(ctx).len == 0) { /* what the shop thinks of her is the shop's */
        card->tier_reason = member->tier_reason;
        card->segments = membership_all_segments(ctx, customer);
    }
    card->channel = member->channel;
    card->location = member->location;
    card->campaign = member->campaign;
    if (customer->members.count > 1) card->members = customer->members;
    st = show_profile(ctx, customer, card);
    if (st == MX_OK) st = gather(ctx, &customer->persons, "phone", &card->phones);
    if (st == MX_OK) st = gather(ctx, &customer->persons, "email", &card->emails);
    return st == MX_OK ? gather(ctx, &customer->persons, "card", &card->cards) : st;
}

static mx_status show(struct mx_ctx *ctx, const struct membership_customer *customer, struct membership_shown *out) {
    out->member = mx_alloc(ctx, sizeof(*out->member));
    return membership_card_of(ctx, customer, out->member);
}

mx_status membership_get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_get *request = in;
    struct membership_customer customer;
    mx_status st = membership_customer_of(ctx, request->id, &customer);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such member.");
    return st == MX_OK ? show(ctx, &customer, out) : st;
}

mx_status membership_find_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_find *request = in;
    struct membership_customer customer;
    struct mx_str person;
    mx_status st = membership_person_of(ctx, request->phone, &person);
    if (st == MX_OK) st = membership_customer_of_person(ctx, person, &customer);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "phone", "Nobody with this phone number is a member.");
    return st == MX_OK ? show(ctx, &customer, out) : st;
}
