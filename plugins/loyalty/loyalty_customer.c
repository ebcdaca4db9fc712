/* A customer with all the ids under which her points stand. */
#include "internal.h"

mx_status loyalty_customer(struct mx_ctx *ctx, struct mx_str member, const char *field, struct loyalty_customer *customer) {
    struct mx_member_ask ask = {.member = member, .brief = 1};
    struct mx_member_facts facts;
    mx_status st;
    memset(&facts, 0, sizeof(facts));
    st = mx_ask(ctx, &mx_point_member, &ask, &facts);
    if (st == MX_DECLINED && field) return mx_fail(ctx, MX_E_NOT_FOUND, field, "There is no such member.");
    if (st == MX_DECLINED) memset(&facts, 0, sizeof(facts));
    if (st != MX_OK && st != MX_DECLINED) return st;
    if (facts.id.len == 0) facts.id = member;
    customer->members = facts.members;
    if (customer->members.count == 0) {
        customer->members = mx_list_new(ctx, 1, sizeof(struct mx_str));
        *(struct mx_str *)mx_list_at(&customer->members, 0) = facts.id;
    }
    customer->standing = mx_list_str(&customer->members, 0);
    customer->person = facts.person;
    customer->tier = facts.tier;
    return MX_OK;
}

mx_status loyalty_balance_of(struct mx_ctx *ctx, struct mx_str member, struct loyalty_balance *balance) {
    struct loyalty_balance probe = {.member = member}, *stored = NULL;
    mx_status st = mx_get(ctx, &loyalty_balances, &probe, &stored);
    if (st < 0) return st;
    *balance = st == MX_OK ? *stored : probe;
    return MX_OK;
}

mx_status loyalty_sum(struct mx_ctx *ctx, const struct loyalty_customer *customer, int64_t *points, int64_t *owed) {
    struct loyalty_balance balance;
    uint32_t i;
    *points = *owed = 0;
    for (i = 0; i < customer->members.count; i++) {
        mx_status st = loyalty_balance_of(ctx, mx_list_str(&customer->members, i), &balance);
        if (st != MX_OK) return st;
        if (!mx_add(*points, balance.points, points) || !mx_add(*owed, balance.owed, owed))
            return mx_fail(ctx, MX_E_OUT_OF_RANGE, "member", "Nobody has so many points.");
    }
    return MX_OK;
}

mx_status loyalty_prove(struct mx_ctx *ctx, const struct loyalty_customer *customer, struct mx_str proof) {
    if (customer->person.len == 0)
        return mx_refuse(ctx, "proof_wrong", "proof", "Nothing is known of this member by which she could prove that she wants it.");
    return ctx->identity->person_prove(ctx, customer->person, proof);
}
