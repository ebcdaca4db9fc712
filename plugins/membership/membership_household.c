/* Households: the owner invites, and whoever is invited accepts with a proof of her own. */
#include "households.h"

static const struct mx_index household_indexes[] = {
    {"member", "members", MX_INDEX_UNIQUE},
};

const struct mx_table membership_households = {
    .size = sizeof(struct mx_table),
    .name = "membership.household",
    .doc = "members who live together",
    .type = &membership_household_type,
    .key = "id",
    .indexes = household_indexes,
    .index_count = sizeof(household_indexes) / sizeof(household_indexes[0]),
    .index_size = sizeof(household_indexes[0]),
};

static int place_in(const struct mx_list *ids, struct mx_str id, uint32_t *place) {
    for (*place = 0; *place < ids->count; (*place)++)
        if (mx_str_eq(mx_list_str(ids, *place), id)) return 1;
    return 0;
}

static int holds(const struct mx_list *ids, struct mx_str id) {
    uint32_t place;
    return place_in(ids, id, &place);
}

static void add(struct mx_ctx *ctx, struct mx_list *ids, struct mx_str id) {
    struct mx_list wide = mx_list_new(ctx, ids->count + 1, sizeof(struct mx_str));
    if (ids->count) memcpy(wide.items, ids->items, ids->count * sizeof(struct mx_str));
    *(struct mx_str *)mx_list_at(&wide, ids->count) = id;
    *ids = wide;
}

static void take_out(struct mx_list *ids, struct mx_str id) {
    struct mx_str *all = ids->items;
    uint32_t place;
    if (!place_in(ids, id, &place)) return;
    memmove(all + place, all + place + 1, (ids->count - place - 1) * sizeof(*all));
    ids->count--;
}

static mx_status of_id(struct mx_ctx *ctx, struct mx_str member, struct membership_household **household) {
    struct membership_household probe = {.members = {&member, 1, sizeof(member)}};
    return mx_find(ctx, &membership_households, "member", &probe, household);
}

mx_status membership_household_of(struct mx_ctx *ctx, const struct membership_customer *customer, struct membership_household **household) {
    uint32_t i;
    for (i = 0; i < customer->members.count; i++) {
        mx_status st = of_id(ctx, mx_list_str(&customer->members, i), household);
        if (st != MX_NONE) return st;
    }
    return MX_NONE;
}

static mx_status put(struct mx_ctx *ctx, struct membership_household *household) {
    household->rec.has = UINT64_MAX;
    return mx_put(ctx, &membership_households, household);
}

static mx_status customer(struct mx_ctx *ctx, struct mx_str member, const char *field, struct membership_customer *out) {
    mx_status st = membership_customer_of(ctx, member, out);
    if (st == MX_NONE || (st == MX_OK && out->member->erased_at)) return mx_fail(ctx, MX_E_NOT_FOUND, field, "There is no such member.");
    return st;
}

/* Standing ids of all who belong to it, each once. */
static mx_status standing(struct mx_ctx *ctx, const struct mx_list *ids, struct mx_list *out) {
    uint32_t i;
    *out = mx_list_new(ctx, ids->count, sizeof(struct mx_str));
    out->count = 0;
    for (i = 0; i < ids->count; i++) {
        struct membership_customer one;
        mx_status st = membership_customer_of(ctx, mx_list_str(ids, i), &one);
        if (st == MX_NONE) continue;
        if (st != MX_OK) return st;
        if (!holds(out, one.member->id)) *(struct mx_str *)mx_list_at(out, out->count++) = one.member->id;
    }
    return MX_OK;
}

/* ---- making and inviting ---- */

static mx_status make(struct mx_ctx *ctx, struct mx_str owner, struct membership_household *household) {
    *household = (struct membership_household){.owner = owner, .made_at = ctx->now_ms};
    add(ctx, &household->members, owner);
    return mx_new_id(ctx, "hsh", &household->id);
}

static mx_status invite(struct mx_ctx *ctx, struct membership_household *household, const struct mx_list *whom) {
    uint32_t i;
    for (i = 0; i < whom->count; i++) {
        struct membership_customer guest;
        mx_status st = customer(ctx, mx_list_str(whom, i), "invite", &guest);
        if (st != MX_OK) return st;
        if (!holds(&household->invited, guest.member->id) && !holds(&household->members, guest.member->id))
            add(ctx, &household->invited, guest.member->id);
    }
    if (household->members.count + household->invited.count > MEMBERSHIP_HOUSEHOLD_MAX)
        return mx_refuse(ctx, "household_full", "invite", "At most %d belong to a household.", MEMBERSHIP_HOUSEHOLD_MAX);
    return MX_OK;
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_household_put *request = in;
    struct membership_household fresh, *household = NULL;
    struct membership_customer owner;
    uint32_t i;
    mx_status st = customer(ctx, request->member, "member", &owner);
    if (st == MX_OK) st = membership_household_of(ctx, &owner, &household);
    if (st == MX_NONE) {
        household = &fresh;
        st = make(ctx, owner.member->id, household);
    }
    if (st != MX_OK) return st;
    if (!holds(&owner.members, household->owner))
        return mx_refuse(ctx, "not_the_owner", "member", "Somebody else made this household, and she alone invites to it.");
    st = invite(ctx, household, &request->invite);
    for (i = 0; i < request->uninvite.count; i++) take_out(&household->invited, mx_list_str(&request->uninvite, i));
    if (st == MX_OK) st = put(ctx, household);
    ((struct membership_household_id *)out)->household = household->id;
    return st;
}

static mx_status join_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_household_join *request = in;
    struct membership_household probe = {.id = request->household}, *household = NULL, *other = NULL;
    struct membership_customer guest;
    uint32_t i;
    int invited = 0;
    mx_status st = customer(ctx, request->member, "member", &guest);
    if (st == MX_OK) st = mx_get(ctx, &membership_households, &probe, &household);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "household", "There is no such household.");
    if (st != MX_OK) return st;
    for (i = 0; i < guest.members.count; i++) invited |= holds(&household->invited, mx_list_str(&guest.members, i));
    if (!invited) return mx_refuse(ctx, "not_invited", "member", "Nobody invited this member to the household.");
    st = membership_household_of(ctx, &guest, &other);
    if (st == MX_OK) return mx_refuse(ctx, "in_a_household", "member", "This member belongs to a household; she leaves it first.");
    if (st == MX_NONE) st = ctx->identity->person_prove(ctx, guest.member->person, request->proof);
    if (st != MX_OK) return st;
    for (i = 0; i < guest.members.count; i++) take_out(&household->invited, mx_list_str(&guest.members, i));
    add(ctx, &household->members, guest.member->id);
    ((struct membership_household_id *)out)->household = household->id;
    return put(ctx, household);
}

/* ---- leaving ---- */

/* When the owner leaves, whoever joined first after her is the owner; the last one takes the household with her. */
static mx_status part(struct mx_ctx *ctx, struct membership_household *household, const struct mx_list *members) {
    uint32_t i;
    for (i = 0; i < members->count; i++) take_out(&household->members, mx_list_str(members, i));
    if (household->members.count == 0) return mx_delete(ctx, &membership_households, household);
    if (holds(members, household->owner)) household->owner = mx_list_str(&household->members, 0);
    return put(ctx, household);
}

static mx_status leave_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_household_leave *request = in;
    struct membership_household *household = NULL;
    struct membership_customer leaving, owner;
    mx_status st = mx_own(ctx, request->by.len ? request->by : request->member);
    if (st == MX_OK) st = customer(ctx, request->member, "member", &leaving);
    if (st == MX_OK && request->by.len) st = customer(ctx, request->by, "by", &owner);
    if (st == MX_OK) st = membership_household_of(ctx, &leaving, &household);
    if (st == MX_NONE) return mx_refuse(ctx, "in_no_household", "member", "This member belongs to no household.");
    if (st != MX_OK) return st;
    if (request->by.len && !holds(&owner.members, household->owner))
        return mx_refuse(ctx, "not_the_owner", "by", "Only the owner takes somebody out of a household.");
    ((struct membership_household_id *)out)->household = household->id;
    return part(ctx, household, &leaving.members);
}

mx_status membership_household_forget(struct mx_ctx *ctx, struct mx_str member) {
    struct membership_household *household = NULL;
    const struct mx_list gone = {&member, 1, sizeof(member)};
    struct membership_dependent probe = {.member = member}, *dependent = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "member", .keys_only = 1};
    struct mx_scan *scan = NULL;
    mx_status st = of_id(ctx, member, &household);
    if (st == MX_OK) st = part(ctx, household, &gone);
    if (st == MX_OK || st == MX_NONE) st = mx_scan_open(ctx, &membership_dependents, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &dependent)) == MX_OK) st = mx_delete(ctx, &membership_dependents, dependent);
    return st == MX_DONE ? MX_OK : st;
}

/* ---- looking ---- */

static mx_status look(struct mx_ctx *ctx, const struct membership_customer *who, struct membership_household_view *view) {
    struct membership_household *household = NULL;
    struct mx_list all = who->members;
    uint32_t i;
    mx_status st = membership_household_of(ctx, who, &household);
    if (st < 0) return st;
    if (st == MX_OK) {
        view->household = household->id;
        view->owner = household->owner;
        view->invited = household->invited;
        st = standing(ctx, &household->members, &view->members);
        for (i = 0; i < household->members.count; i++)
            if (!holds(&all, mx_list_str(&household->members, i))) add(ctx, &all, mx_list_str(&household->members, i));
    }
    view->dependents = mx_list_new(ctx, all.count * MEMBERSHIP_DEPENDENTS_MAX, sizeof(struct membership_dependent_shown));
    view->dependents.count = 0;
    return st == MX_OK || st == MX_NONE ? membership_dependents_of(ctx, &all, &view->dependents) : st;
}

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct membership_customer who;
    mx_status st = customer(ctx, ask->member, "member", &who);
    return st == MX_OK ? look(ctx, &who, out) : st;
}

mx_status membership_household_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct mx_household *answer = out;
    struct membership_household *household = NULL;
    struct membership_customer who;
    mx_status st = membership_customer_of(ctx, ask->member, &who);
    if (st == MX_OK) st = membership_household_of(ctx, &who, &household);
    if (st != MX_OK) return st == MX_NONE ? MX_DECLINED : st;
    answer->household = household->id;
    answer->owner = household->owner;
    return standing(ctx, &household->members, &answer->members);
}

/* Of a household the view shows ids and how many depend on it; names are for those who look it up. */
mx_status membership_household_section(struct mx_ctx *ctx, const struct membership_customer *who, struct mx_str *json) {
    struct membership_household_view view = {0};
    uint32_t i;
    mx_status st = look(ctx, who, &view);
    for (i = 0; i < view.dependents.count; i++) {
        struct membership_dependent_shown *one = mx_list_at(&view.dependents, i);
        one->name = one->born = (struct mx_str){NULL, 0};
    }
    if (st == MX_OK && view.household.len == 0 && view.dependents.count == 0) return MX_NONE;
    return st == MX_OK ? ctx->op->encode(ctx, &membership_household_view_type, &view, json) : st;
}

#define HOUSEHOLD_OP(flag, called, what, right, whose, takes, gives, how)                                                                  \
    {                                                                                                                                      \
        .size = sizeof(struct mx_op), .flags = flag, .name = called, .doc = what, .permission = right, .own = whose, .in = &takes,         \
        .out = &gives, .handler = how, .home = MX_HOME_HEADQUARTERS, .since = "0.4"                                                        \
    }

const struct mx_op membership_household_put_op =
    HOUSEHOLD_OP(0, "membership.household.put", "Make a household, or invite members to it.", "members.household", "member",
                 membership_household_put_type, membership_household_id_type, put_handler);
const struct mx_op membership_household_join_op =
    HOUSEHOLD_OP(0, "membership.household.join", "Accept an invitation to a household, with a proof.", "members.household", "member",
                 membership_household_join_type, membership_household_id_type, join_handler);
const struct mx_op membership_household_leave_op =
    HOUSEHOLD_OP(0, "membership.household.leave", "Leave a household, or take somebody out of one's own.", "members.household",
                 MX_OWN_HANDLER, membership_household_leave_type, membership_household_id_type, leave_handler);
const struct mx_op membership_household_get_op =
    HOUSEHOLD_OP(MX_OP_QUERY, "membership.household.get", "Show a member's household and who depends on it.", "members.read", "member",
                 mx_member_ask_type, membership_household_view_type, get_handler);
