/* Dependents: a baby, a pet, an old father: whom members buy for. Sealed under the key of the member who told of them. */
#include <stdio.h>

#include "households.h"

static const struct mx_index dependent_indexes[] = {
    {"member", "member", 0},
};

const struct mx_table membership_dependents = {
    .size = sizeof(struct mx_table),
    .name = "membership.dependent",
    .doc = "those who depend on members, sealed under the members' keys",
    .type = &membership_dependent_type,
    .key = "id",
    .subject = "person",
    .indexes = dependent_indexes,
    .index_count = sizeof(dependent_indexes) / sizeof(dependent_indexes[0]),
    .index_size = sizeof(dependent_indexes[0]),
};

mx_status membership_dependents_of(struct mx_ctx *ctx, const struct mx_list *members, struct mx_list *list) {
    uint32_t i;
    for (i = 0; i < members->count; i++) {
        struct membership_dependent probe = {.member = mx_list_str(members, i)}, *one = NULL;
        struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "member"};
        struct mx_scan *scan = NULL;
        uint32_t count = 0;
        mx_status st = mx_scan_open(ctx, &membership_dependents, &opts, &probe, &scan);
        while (st == MX_OK && count < MEMBERSHIP_DEPENDENTS_MAX && (st = mx_scan_next(ctx, scan, &one)) == MX_OK) {
            *(struct membership_dependent_shown *)mx_list_at(list, list->count++) =
                (struct membership_dependent_shown){one->id, one->member, one->kind, one->name, one->born};
            count++;
        }
        if (st != MX_OK && st != MX_DONE) return st;
    }
    return MX_OK;
}

static mx_status find(struct mx_ctx *ctx, struct mx_str id, const struct membership_customer *customer,
                      struct membership_dependent **dependent) {
    struct membership_dependent probe = {.id = id};
    uint32_t i;
    mx_status st = mx_get(ctx, &membership_dependents, &probe, dependent);
    for (i = 0; st == MX_OK && i < customer->members.count; i++)
        if (mx_str_eq(mx_list_str(&customer->members, i), (*dependent)->member)) return MX_OK;
    return st == MX_OK || st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "id", "This member told of no such dependent.") : st;
}

static mx_status customer_of(struct mx_ctx *ctx, struct mx_str member, struct membership_customer *customer) {
    mx_status st = membership_customer_of(ctx, member, customer);
    if (st == MX_NONE || (st == MX_OK && customer->member->erased_at))
        return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    return st;
}

static mx_status check(struct mx_ctx *ctx, const struct membership_dependent_put *request) {
    struct mx_civil today;
    mx_civil_of(ctx, (struct mx_str){NULL, 0}, ctx->now_ms, &today);
    if (MX_HAS(membership_dependent_put, request, name) && mx_str_is_blank(request->name))
        return mx_fail(ctx, MX_E_BAD_INPUT, "name", "A name has more than spaces.");
    if (!request->year != !request->month)
        return mx_fail(ctx, MX_E_MISSING_FIELD, request->year ? "month" : "year", "A month of birth is given with its year.");
    if (request->year > today.year || (request->year == today.year && request->month > today.month))
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "month", "This month has not come yet.");
    return MX_OK;
}

static mx_status make(struct mx_ctx *ctx, const struct membership_dependent_put *request, const struct membership_customer *customer,
                      struct membership_dependent *fresh) {
    struct mx_list room = mx_list_new(ctx, customer->members.count * MEMBERSHIP_DEPENDENTS_MAX, sizeof(struct membership_dependent_shown));
    mx_status st;
    room.count = 0;
    if (request->kind == 0) return mx_fail(ctx, MX_E_MISSING_FIELD, "kind", "Say whether this is a child, a pet or an elder.");
    st = membership_dependents_of(ctx, &customer->members, &room);
    if (st != MX_OK) return st;
    if (room.count >= MEMBERSHIP_DEPENDENTS_MAX)
        return mx_refuse(ctx, "too_many_dependents", "member", "A member tells of at most %d dependents.", MEMBERSHIP_DEPENDENTS_MAX);
    fresh->member = customer->member->id;
    fresh->person = customer->member->person;
    return mx_new_id(ctx, "dep", &fresh->id);
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_dependent_put *request = in;
    struct membership_dependent fresh = {0}, *dependent = &fresh;
    struct membership_dependent_ref *answer = out;
    struct membership_customer customer;
    char born[16];
    mx_status st = check(ctx, request);
    if (st == MX_OK) st = customer_of(ctx, request->member, &customer);
    if (st != MX_OK) return st;
    st = request->id.len ? find(ctx, request->id, &customer, &dependent) : make(ctx, request, &customer, &fresh);
    if (st != MX_OK) return st;
    if (request->kind) dependent->kind = request->kind;
    if (request->name.len) dependent->name = request->name;
    if (request->year) {
        snprintf(born, sizeof(born), "%04u-%02u", (unsigned)(request->year % 10000), (unsigned)(request->month % 100));
        dependent->born = mx_dup(ctx, mx_str_of(born));
    }
    dependent->rec.has = UINT64_MAX;
    answer->id = dependent->id;
    answer->member = dependent->member;
    return mx_put(ctx, &membership_dependents, dependent);
}

static mx_status remove_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_dependent_ref *request = in;
    struct membership_dependent *dependent = NULL;
    struct membership_customer customer;
    mx_status st = customer_of(ctx, request->member, &customer);
    if (st == MX_OK) st = find(ctx, request->id, &customer, &dependent);
    if (st != MX_OK) return st;
    *(struct membership_dependent_ref *)out = (struct membership_dependent_ref){dependent->id, dependent->member};
    return mx_delete(ctx, &membership_dependents, dependent);
}

const struct mx_op membership_dependent_put_op = {
    .size = sizeof(struct mx_op),
    .name = "membership.dependent.put",
    .doc = "Tell of somebody who depends on a member: a child, a pet, an elder.",
    .permission = "members.profile",
    .own = "member",
    .in = &membership_dependent_put_type,
    .out = &membership_dependent_ref_type,
    .handler = put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_op membership_dependent_remove_op = {
    .size = sizeof(struct mx_op),
    .name = "membership.dependent.remove",
    .doc = "Forget a dependent.",
    .permission = "members.profile",
    .own = "member",
    .in = &membership_dependent_ref_type,
    .out = &membership_dependent_ref_type,
    .handler = remove_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
