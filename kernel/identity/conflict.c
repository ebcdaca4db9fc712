/* Two persons are known by the same thing: most often they are one. The refusal says who they are, as far as whoever stands before them
 * can tell them by it, and what would make one of them. */
#include "identity/person_wire.h"

struct claimant {
    struct mx_str person;
    struct mx_list identifiers;
};
static const struct mx_field claimant_fields[] = {
    MX_F_ID(claimant, person, 0, "per", "person"),
    MX_F_LIST(claimant, identifiers, 0, 0, PERSON_LINKS_MAX, person_hint_wire_type, "what she is known by, masked"),
};
MX_TYPE(claimant, "identity.conflict.person", "one of two who are known by the same");

struct conflict {
    struct mx_str kind;
    struct mx_str merge_with;
    struct mx_list persons;
};
static const struct mx_field conflict_fields[] = {
    MX_F_STR(conflict, kind, 0, 0, 16, "what both are known by"),
    MX_F_ID(conflict, merge_with, 0, "per", "the person to merge with, if they are one human being: identity.person.merge"),
    MX_F_LIST(conflict, persons, 0, 0, 2, claimant_type, "the one who was to be known by it, and the one who is"),
};
MX_TYPE(conflict, "identity.conflict", "two persons are known by the same");

static mx_status describe(struct mx_ctx *ctx, struct mx_str person, struct claimant *claimant) {
    claimant->person = person;
    return identity_hints_of(ctx, person, &claimant->identifiers);
}

mx_status identity_conflict(struct mx_ctx *ctx, const struct identity_link *link, struct mx_str other, struct mx_str *json) {
    struct conflict conflict = {mx_str_of(link->kind), other, mx_list_new(ctx, 2, sizeof(struct claimant))};
    mx_status st = describe(ctx, link->person, mx_list_at(&conflict.persons, 0));
    if (st == MX_OK) st = describe(ctx, other, mx_list_at(&conflict.persons, 1));
    return st == MX_OK ? ctx->op->encode(ctx, &conflict_type, &conflict, json) : st;
}
