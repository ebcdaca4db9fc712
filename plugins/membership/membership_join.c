/* Joining, and changing a tier. */
#include "profile.h"

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

/* ---- by what somebody is known ---- */

#define KINDS 6u

struct known_by {
    const char *kind;
    struct mx_str value;
    struct mx_str person; /* who is known by it already; empty: nobody */
};

static uint32_t list_identifiers(const struct membership_join *request, struct known_by *known) {
    const struct known_by all[KINDS] = {{.kind = "phone", .value = request->phone},   {.kind = "email", .value = request->email},
                                        {.kind = "card", .value = request->card},     {.kind = "openid", .value = request->openid},
                                        {.kind = "device", .value = request->device}, {.kind = "account", .value = request->account}};
    uint32_t count = 0, i;
    for (i = 0; i < KINDS; i++)
        if (all[i].value.len) known[count++] = all[i];
    return count;
}

static mx_status not_an_identifier(struct mx_ctx *ctx, const char *kind) {
    if (strcmp(kind, "email") == 0) return mx_fail(ctx, MX_E_BAD_INPUT, kind, "This cannot be an e-mail address.");
    return mx_fail(ctx, MX_E_BAD_INPUT, kind, "This cannot be a member's %s.", kind);
}

/* Whoever is known by one of them already must not be a member yet. */
static mx_status look_up(struct mx_ctx *ctx, struct known_by *known) {
    struct membership_customer customer;
    mx_status st;
    if (strcmp(known->kind, "phone") == 0) {
        st = membership_person_of(ctx, known->value, &known->person);
    } else {
        st = ctx->identity->person_find(ctx, known->kind, known->value, &known->person);
        if (st == MX_E_BAD_INPUT) return not_an_identifier(ctx, known->kind);
    }
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    st = membership_customer_of_person(ctx, known->person, &customer);
    if (st == MX_OK)
        return mx_refuse(ctx, "already_member", known->kind, "Somebody with this %s is a member already; membership.find shows who.",
                         strcmp(known->kind, "phone") ? known->kind : "phone number");
    return st == MX_NONE ? MX_OK : st;
}

static int is_one_of(const struct mx_list *persons, struct mx_str person) {
    uint32_t i;
    for (i = 0; i < persons->count; i++)
        if (mx_str_eq(mx_list_str(persons, i), person)) return 1;
    return 0;
}

/* A person who is known already but is no member yet (say, from a delivery) joins as the same person; what she was not known by is
 * linked to her, and what belongs to somebody else is refused by the kernel, which says to whom. */
static mx_status person_for(struct mx_ctx *ctx, const struct membership_join *request, struct mx_str source, struct mx_str *person) {
    struct known_by known[KINDS];
    struct mx_list persons = {0};
    uint32_t count = list_identifiers(request, known), i;
    mx_status st = MX_OK;
    if (count == 0)
        return mx_fail(ctx, MX_E_MISSING_FIELD, "phone", "Somebody joins with at least a phone number, an e-mail address or a card.");
    for (i = 0; st == MX_OK && i < count; i++) {
        st = look_up(ctx, &known[i]);
        if (st == MX_OK && person->len == 0) *person = known[i].person;
    }
    if (st == MX_OK && person->len == 0) st = ctx->identity->person_new(ctx, person);
    if (st == MX_OK) st = ctx->identity->person_set(ctx, *person, &persons);
    for (i = 0; st == MX_OK && i < count; i++) {
        struct mx_link link = {.size = sizeof(link), .kind = mx_str_of(known[i].kind), .value = known[i].value, .source = source};
        if (known[i].person.len && is_one_of(&persons, known[i].person)) continue;
        st = ctx->identity->person_link_from(ctx, *person, &link, NULL);
    }
    if (st == MX_OK && persons.count) *person = mx_list_str(&persons, 0);
    return st;
}

/* A customer in her own session joins as herself; what she is known by was proved before, and nothing is linked on her word. */
static mx_status herself(struct mx_ctx *ctx, const struct membership_join *request, struct mx_str *person) {
    struct membership_customer customer;
    struct known_by known[KINDS];
    mx_status st;
    if (list_identifiers(request, known))
        return mx_fail(ctx, MX_E_FORBIDDEN, known[0].kind, "You join as the one you are signed in as; leave this out.");
    st = membership_customer_of_person(ctx, ctx->identity->customer(ctx), &customer);
    if (st == MX_OK) return mx_refuse(ctx, "already_member", "id", "You are a member already.");
    if (st != MX_NONE) return st;
    *person = mx_list_str(&customer.persons, 0);
    return MX_OK;
}

/* ---- joining ---- */

static mx_status demand_fresh_id(struct mx_ctx *ctx, struct mx_str id) {
    struct membership_member probe = {.id = id}, *member = NULL;
    mx_status st = mx_get(ctx, &membership_members, &probe, &member);
    if (st == MX_OK) return mx_fail(ctx, MX_E_EXISTS, "id", "There is a member with this id already.");
    return st == MX_NONE ? MX_OK : st;
}

static mx_status give_consents(struct mx_ctx *ctx, const struct membership_join *request, const struct membership_member *member) {
    uint32_t i;
    for (i = 0; i < request->consents.count; i++) {
        const struct membership_consent *consent = mx_list_at(&request->consents, i);
        struct mx_consent_say say = {.member = member->id,
                                     .purpose = consent->purpose,
                                     .channel = consent->channel,
                                     .language = consent->language,
                                     .version = consent->version,
                                     .source = member->channel,
                                     .location = member->location};
        struct mx_consent_said said = {0};
        mx_status st = mx_call(ctx, &mx_consent_give, &say, &said);
        if (st == MX_DECLINED) return mx_fail(ctx, MX_E_BAD_INPUT, "consents", "This shop keeps no consents.");
        if (st != MX_OK) return st;
    }
    return MX_OK;
}

static mx_status check_request(struct mx_ctx *ctx, const struct membership_join *request) {
    if (MX_HAS(membership_join, request, name) && mx_str_is_blank(request->name))
        return mx_fail(ctx, MX_E_BAD_INPUT, "name", "A name has more than spaces.");
    return request->birth ? membership_birth_check(ctx, request->birth) : MX_OK;
}

/* Where she joined and how, from what the caller says and from the link. */
static mx_status note_origin(struct mx_ctx *ctx, const struct membership_join *request, struct membership_member *member) {
    struct membership_link_origin origin = {0};
    mx_status st = request->link.len ? membership_link_read(ctx, request->link, &origin) : MX_OK;
    member->channel = request->link.len ? mx_str_of("qr") : request->channel;
    member->location = request->location.len ? request->location : origin.location;
    member->campaign = origin.campaign;
    return st;
}

mx_status membership_join_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_join *request = in;
    struct membership_member member = {
        .id = request->id, .tier = MX_STR_INIT(MEMBERSHIP_BASIC), .joined_at = ctx->now_ms, .tier_at = ctx->now_ms};
    struct membership_saying saying = {.name = request->name, .birth = request->birth, .attributes = &request->attributes};
    struct mx_member_joined joined = {.code = request->referral};
    mx_status st = check_request(ctx, request);
    if (st == MX_OK) st = note_origin(ctx, request, &member);
    if (st == MX_OK) st = request->id.len ? demand_fresh_id(ctx, request->id) : mx_new_id(ctx, "mem", &member.id);
    if (st == MX_OK)
        st = ctx->identity->customer(ctx).len
                 ? herself(ctx, request, &member.person)
                 : person_for(ctx, request, member.channel.len ? member.channel : mx_str_of("join"), &member.person);
    if (st != MX_OK) return st;

    member.rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &membership_members, &member)) != MX_OK) return st;
    if ((st = membership_profile_write(ctx, &member, &saying, NULL, NULL)) != MX_OK) return st;
    membership_view(ctx, &member, out);
    joined.member = member.id;
    joined.person = member.person;
    joined.channel = member.channel;
    joined.location = member.location;
    joined.campaign = member.campaign;
    if ((st = mx_emit(ctx, &membership_joined_event, &joined)) != MX_OK) return st;
    return give_consents(ctx, request, &member);
}

int membership_is_code(struct mx_str code) {
    uint32_t i;
    for (i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return 0;
    }
    return code.len > 0;
}
