/* One customer: who is the standing member among those that are one, and what is counted of all of them. */
#include "merx/money.h"

#include "internal.h"

static mx_status member_of_person(struct mx_ctx *ctx, struct mx_str person, struct membership_member **member) {
    struct membership_member probe = {.person = person};
    return mx_find(ctx, &membership_members, "person", &probe, member);
}

/* Persons in their order; the first that is a member stands. */
static mx_status gather(struct mx_ctx *ctx, struct membership_member *known, struct membership_customer *customer) {
    struct membership_member **others;
    struct mx_str *ids;
    uint32_t i;
    customer->member = NULL;
    customer->members = mx_list_new(ctx, customer->persons.count, sizeof(struct mx_str));
    customer->others = mx_list_new(ctx, customer->persons.count, sizeof(struct membership_member *));
    customer->members.count = customer->others.count = 0;
    ids = customer->members.items;
    others = customer->others.items;
    for (i = 0; i < customer->persons.count; i++) {
        struct mx_str person = mx_list_str(&customer->persons, i);
        struct membership_member *member = known;
        mx_status st = known && mx_str_eq(known->person, person) ? MX_OK : member_of_person(ctx, person, &member);
        if (st == MX_NONE) continue;
        if (st != MX_OK) return st;
        ids[customer->members.count++] = member->id;
        if (customer->member)
            others[customer->others.count++] = member;
        else
            customer->member = member;
    }
    return customer->member ? MX_OK : MX_NONE;
}

mx_status membership_customer_of(struct mx_ctx *ctx, struct mx_str id, struct membership_customer *customer) {
    struct membership_member probe = {.id = id}, *member = NULL;
    mx_status st = mx_get(ctx, &membership_members, &probe, &member);
    if (st == MX_OK) st = ctx->identity->person_set(ctx, member->person, &customer->persons);
    return st == MX_OK ? gather(ctx, member, customer) : st;
}

mx_status membership_customer_of_person(struct mx_ctx *ctx, struct mx_str person, struct membership_customer *customer) {
    mx_status st = ctx->identity->person_set(ctx, person, &customer->persons);
    return st == MX_OK ? gather(ctx, NULL, customer) : st == MX_E_NOT_FOUND ? MX_NONE : st;
}

int membership_customer_has(const struct membership_customer *customer, struct mx_str member) {
    uint32_t i = 0;
    while (i < customer->members.count && !mx_str_eq(mx_list_str(&customer->members, i), member)) i++;
    return i < customer->members.count;
}

mx_status membership_customer_counters(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_list *counters) {
    struct membership_counter sum = {0}, one;
    uint32_t i;
    for (i = 0; i < customer->members.count; i++) {
        mx_status st = membership_counters_of(ctx, mx_list_str(&customer->members, i), &one);
        if (st != MX_OK) return st;
        if (!mx_add(sum.spent_minor, one.spent_minor, &sum.spent_minor)) sum.spent_minor = MX_INT_MAX;
        sum.orders += one.orders;
        sum.visits += one.visits;
    }
    *counters = membership_list_counters(ctx, &sum);
    return MX_OK;
}
