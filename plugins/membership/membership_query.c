/* Looking members up. */
#include "internal.h"

static mx_status show(struct mx_ctx *ctx, const struct membership_member *member, struct membership_shown *out) {
    struct membership_profile probe = {.member = member->id}, *profile = NULL;
    struct membership_card *card = mx_alloc(ctx, sizeof(*card));
    mx_status st = mx_get(ctx, &membership_profiles, &probe, &profile);
    if (st < 0) return st;
    card->id = member->id;
    card->tier = member->tier;
    card->tier_reason = member->tier_reason;
    card->tier_at = member->tier_at;
    card->joined_at = member->joined_at;
    card->rev = member->rec.rev;
    card->segments = member->segments;
    if (profile) card->name = profile->name;
    out->member = card;
    return ctx->identity->person_identifiers(ctx, member->person, "phone", &card->phones);
}

mx_status membership_get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_get *request = in;
    struct membership_member probe = {.id = request->id}, *member = NULL;
    mx_status st = mx_get(ctx, &membership_members, &probe, &member);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such member.");
    return st == MX_OK ? show(ctx, member, out) : st;
}

mx_status membership_find_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_find *request = in;
    struct membership_member probe = {0}, *member = NULL;
    mx_status st = membership_person_of(ctx, request->phone, &probe.person);
    if (st == MX_OK) st = mx_find(ctx, &membership_members, "person", &probe, &member);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "phone", "Nobody with this phone number is a member.");
    return st == MX_OK ? show(ctx, member, out) : st;
}
