/* Joining, and changing a tier. */
#include "internal.h"

mx_status membership_person_of(struct mx_ctx *ctx, struct mx_str phone, struct mx_str *person) {
    mx_status st = ctx->identity->person_find(ctx, "phone", phone, person);
    if (st != MX_E_BAD_INPUT) return st;
    return mx_fail(ctx, MX_E_BAD_INPUT, "phone",
                   "This cannot be a phone number: give it with its area code, or with + and its country code.");
}

void membership_view_fill(const struct membership_member *member, struct membership_view *view) {
    view->id = member->id;
    view->tier = member->tier;
    view->tier_at = member->tier_at;
    view->joined_at = member->joined_at;
    view->rev = member->rec.rev;
    view->segments = member->segments;
}

void membership_view(struct mx_ctx *ctx, const struct membership_member *member, struct membership_one *out) {
    out->member = mx_alloc(ctx, sizeof(*out->member));
    membership_view_fill(member, out->member);
}

/* A person who is known by this number but is no member yet (say, from a delivery) joins as the same person. */
static mx_status person_for(struct mx_ctx *ctx, struct mx_str phone, struct mx_str *person) {
    struct membership_member probe = {0}, *member = NULL;
    mx_status st = membership_person_of(ctx, phone, &probe.person);
    if (st == MX_NONE) {
        if ((st = ctx->identity->person_new(ctx, person)) != MX_OK) return st;
        return ctx->identity->person_link(ctx, *person, "phone", phone);
    }
    if (st != MX_OK) return st;
    st = mx_find(ctx, &membership_members, "person", &probe, &member);
    if (st == MX_OK)
        return mx_refuse(ctx, "already_member", "phone", "Somebody with this phone number is a member already; membership.find shows who.");
    *person = probe.person;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status demand_fresh_id(struct mx_ctx *ctx, struct mx_str id) {
    struct membership_member probe = {.id = id}, *member = NULL;
    mx_status st = mx_get(ctx, &membership_members, &probe, &member);
    if (st == MX_OK) return mx_fail(ctx, MX_E_EXISTS, "id", "There is a member with this id already.");
    return st == MX_NONE ? MX_OK : st;
}

mx_status membership_join_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_join *request = in;
    struct membership_member member = {.id = request->id, .tier = MX_STR_INIT(MEMBERSHIP_BASIC), .joined_at = ctx->now_ms};
    struct membership_profile profile = {.name = request->name};
    struct membership_joined joined;
    mx_status st;
    if (mx_str_is_blank(request->name)) return mx_fail(ctx, MX_E_BAD_INPUT, "name", "A name has more than spaces.");
    st = request->id.len ? demand_fresh_id(ctx, request->id) : mx_new_id(ctx, "mem", &member.id);
    if (st == MX_OK) st = person_for(ctx, request->phone, &member.person);
    if (st != MX_OK) return st;

    member.tier_at = ctx->now_ms;
    member.rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &membership_members, &member)) != MX_OK) return st;
    profile.member = member.id;
    profile.person = member.person;
    profile.rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &membership_profiles, &profile)) != MX_OK) return st;
    membership_view(ctx, &member, out);
    joined.member = member.id;
    return mx_emit(ctx, &membership_joined_event, &joined);
}

int membership_is_code(struct mx_str code) {
    uint32_t i;
    for (i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return 0;
    }
    return code.len > 0;
}
