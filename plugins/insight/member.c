/* Who a row is about: members, and identifiers that nobody is known by yet. */
#include "internal.h"

mx_status insight_member(struct mx_ctx *ctx, struct mx_str member, struct mx_member_facts *facts) {
    const struct mx_member_ask ask = {.member = member, .brief = 1};
    mx_status st = mx_ask(ctx, &mx_point_member, &ask, facts);
    if (st == MX_DECLINED || (st == MX_OK && facts->erased)) return MX_NONE;
    if (st != MX_OK || facts->members.count) return st;
    facts->members = mx_list_new(ctx, 1, sizeof(struct mx_str));
    *(struct mx_str *)mx_list_at(&facts->members, 0) = facts->id;
    return MX_OK;
}

mx_status insight_member_asked(struct mx_ctx *ctx, struct mx_str member, struct mx_member_facts *facts) {
    mx_status st = mx_own(ctx, member);
    if (st == MX_OK) st = insight_member(ctx, member, facts);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.") : st;
}

/* Nobody answers: nobody asked her, so nothing but the sale itself may be assumed. */
mx_status insight_consents(struct mx_ctx *ctx, const struct mx_member_facts *facts, int *yes) {
    const struct mx_consent_ask ask = {.member = facts->id, .purpose = mx_str_of(MX_PURPOSE_PERSONALISATION), .members = facts->members};
    struct mx_consent_answer answer = {0};
    mx_status st = mx_ask(ctx, &mx_point_consent, &ask, &answer);
    *yes = st == MX_OK && (answer.basis == MX_BASIS_CONSENT || answer.basis == MX_BASIS_CONTRACT || answer.basis == MX_BASIS_LAW);
    return st == MX_DECLINED ? MX_OK : st;
}

struct mx_str insight_owner_of(struct mx_ctx *ctx, struct mx_str kind, struct mx_str value) {
    enum { SHOWN = 20, PREFIX = 4 };
    char *both = mx_alloc(ctx, (size_t)kind.len + value.len + 1), *text = mx_alloc(ctx, PREFIX + 2 * SHOWN);
    memcpy(both, kind.ptr, kind.len);
    both[kind.len] = ':';
    memcpy(both + kind.len + 1, value.ptr, value.len);
    memcpy(text, "who:", PREFIX);
    memcpy(text + PREFIX, mx_keyed_text(ctx, "who", mx_str_n(both, (size_t)kind.len + value.len + 1), SHOWN).ptr, 2 * SHOWN);
    return mx_str_n(text, PREFIX + 2 * SHOWN);
}
