/* What requests name: members and whether they want it, locations, codes. */
#include "internal.h"

mx_status rewards_facts(struct mx_ctx *ctx, struct mx_str member, const char *field, struct mx_member_facts *facts) {
    const struct mx_member_ask ask = {.member = member, .brief = 1};
    mx_status st;
    memset(facts, 0, sizeof(*facts));
    st = mx_ask(ctx, &mx_point_member, &ask, facts);
    return st == MX_DECLINED ? mx_fail(ctx, MX_E_NOT_FOUND, field, "There is no such member.") : st;
}

mx_status rewards_living(struct mx_ctx *ctx, struct mx_str member, const char *field, struct mx_member_facts *facts) {
    mx_status st = rewards_facts(ctx, member, field, facts);
    return st == MX_OK && facts->erased ? mx_fail(ctx, MX_E_NOT_FOUND, field, "This member was forgotten.") : st;
}

struct mx_str rewards_standing(const struct mx_member_facts *facts) {
    return facts->members.count ? mx_list_str(&facts->members, 0) : facts->id;
}

int rewards_is_hers(const struct mx_member_facts *facts, struct mx_str member) {
    uint32_t i;
    for (i = 0; i < facts->members.count; i++)
        if (mx_str_eq(mx_list_str(&facts->members, i), member)) return 1;
    return mx_str_eq(facts->id, member);
}

mx_status rewards_prove(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct mx_str proof) {
    return ctx->identity->person_prove(ctx, facts->person, proof);
}

int rewards_is_code(struct mx_str code) {
    uint32_t i;
    for (i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return 0;
    }
    return code.len > 0;
}

mx_status rewards_check_location(struct mx_ctx *ctx, struct mx_str location) {
    const struct mx_location_ask ask = {location};
    struct mx_location_facts facts = {.zone = {NULL, 0}};
    mx_status st = mx_ask(ctx, &mx_point_location, &ask, &facts);
    if (st == MX_DECLINED) return mx_fail(ctx, MX_E_NOT_FOUND, "location", "There is no location %.*s.", (int)location.len, location.ptr);
    return st;
}

mx_status rewards_reach(struct mx_ctx *ctx, struct mx_str location, const char *field) {
    if (ctx->identity->in_scope(ctx, location)) return MX_OK;
    return mx_fail(ctx, MX_E_FORBIDDEN, field, "This belongs to %.*s, for which you may not act.", (int)location.len, location.ptr);
}
