/* Persons, as operations: who is she, what is she known by. */
#include "identity/person_wire.h"

/* ---- looking ---- */

struct person_ask {
    struct mx_str person;
};
static const struct mx_field person_ask_fields[] = {MX_F_ID(person_ask, person, MX_REQUIRED, "per", "who")};
MX_TYPE(person_ask, "identity.person.ask", "a person");

struct person_find_ask {
    struct mx_str kind;
    struct mx_str value;
};
static const struct mx_field person_find_ask_fields[] = {
    MX_F_STR(person_find_ask, kind, MX_REQUIRED, 1, 16, "phone, email, card, openid, device or account"),
    MX_F_STR(person_find_ask, value, MX_REQUIRED | MX_PII, 1, IDENTITY_VALUE_MAX, "its value; of an account: channel:number"),
};
MX_TYPE(person_find_ask, "identity.person.find.ask", "what somebody is known by");

struct person_wire {
    struct mx_str person;
    struct mx_str stands;
    struct mx_list persons;
    uint8_t erased;
    int64_t created;
    struct mx_list identifiers;
    struct mx_list merges;
};
static const struct mx_field person_wire_fields[] = {
    MX_F_ID(person_wire, person, 0, "per", "who was asked for"),
    MX_F_ID(person_wire, stands, 0, "per", "the one that the others were merged into"),
    MX_F_STRS(person_wire, persons, 0, 0, IDENTITY_SET_MAX, "all who are one customer with her, the one that stands first"),
    MX_F_BOOL(person_wire, erased, 0, "her key was destroyed: nothing can be known of her any more"),
    MX_F_TIME(person_wire, created, 0, "when she was first known"),
    MX_F_LIST(person_wire, identifiers, 0, 0, PERSON_LINKS_MAX, person_link_wire_type, "what they are known by, and where it was learnt"),
    MX_F_LIST(person_wire, merges, 0, 0, PERSON_MERGES_MAX, person_merge_wire_type, "what was said of who is who, the oldest first"),
};
MX_TYPE(person_wire, "identity.person", "a person and who is one customer with her");

static mx_status show(struct mx_ctx *ctx, struct mx_str id, struct person_wire *wire) {
    const struct identity_person *person = NULL;
    int open = mx_allowed(ctx, "pii.read") || ctx->identity->customer(ctx).len;
    mx_status st = ctx->identity->person_set(ctx, id, &wire->persons);
    if (st == MX_E_NOT_FOUND) return mx_fail(ctx, st, "person", "There is no such person.");
    if (st == MX_OK) st = identity_person_read(identity_view(ctx), id, &person);
    if (st != MX_OK) return st;
    wire->person = id;
    wire->stands = mx_list_str(&wire->persons, 0);
    wire->erased = person->key.len == 0;
    wire->created = person->created;
    st = identity_links_of(ctx, &wire->persons, open, &wire->identifiers);
    return st == MX_OK ? identity_merges_of(ctx, &wire->persons, &wire->merges) : st;
}

/* Who of the shop did it, and what they wrote down about it, is not for the customer to read. */
static void veil(struct person_wire *wire) {
    uint32_t i;
    for (i = 0; i < wire->identifiers.count; i++) ((struct person_link_wire *)mx_list_at(&wire->identifiers, i))->by = mx_str_n(NULL, 0);
    for (i = 0; i < wire->merges.count; i++) {
        struct person_merge_wire *merge = mx_list_at(&wire->merges, i);
        merge->by = merge->undone_by = merge->reason = mx_str_n(NULL, 0);
    }
}

static mx_status show_person(struct mx_ctx *ctx, const void *in, void *out) {
    mx_status st = show(ctx, ((const struct person_ask *)in)->person, out);
    if (st == MX_OK && ctx->identity->customer(ctx).len) veil(out);
    return st;
}

static mx_status find_person(struct mx_ctx *ctx, const void *in, void *out) {
    const struct person_find_ask *ask = in;
    struct mx_str person = {NULL, 0};
    mx_status st = ctx->identity->person_find(ctx, mx_dup(ctx, ask->kind).ptr, ask->value, &person);
    if (st == MX_NONE || st == MX_E_ERASED) return mx_fail(ctx, MX_E_NOT_FOUND, "value", "Nobody is known by this.");
    return st == MX_OK ? show(ctx, person, out) : st;
}

/* ---- linking ---- */

struct person_link_ask {
    struct mx_str person;
    struct mx_str kind;
    struct mx_str value;
    struct mx_str source;
    struct mx_str ref;
};
static const struct mx_field person_link_ask_fields[] = {
    MX_F_ID(person_link_ask, person, MX_REQUIRED, "per", "who"),
    MX_F_STR(person_link_ask, kind, MX_REQUIRED, 1, 16, "phone, email, card, openid, device or account"),
    MX_F_STR(person_link_ask, value, MX_REQUIRED | MX_PII, 1, IDENTITY_VALUE_MAX, "its value; of an account: channel:number"),
    MX_F_STR(person_link_ask, source, 0, 0, 32, "where it was learnt, such as till, web, app; no personal data"),
    MX_F_STR(person_link_ask, ref, 0, 0, 80, "document behind it; no personal data"),
};
MX_TYPE(person_link_ask, "identity.person.link.ask", "one more thing that a person is known by");

struct person_changed {
    struct mx_str person;
    struct mx_str kind;
};
static const struct mx_field person_changed_fields[] = {
    MX_F_ID(person_changed, person, 0, "per", "who"),
    MX_F_STR(person_changed, kind, 0, 0, 16, "kind of what she is, or was, known by"),
};
MX_TYPE(person_changed, "identity.person.changed", "what a person is known by has changed");

static mx_status link_person(struct mx_ctx *ctx, const void *in, void *out) {
    const struct person_link_ask *ask = in;
    struct mx_link link = {.size = sizeof(link), .kind = ask->kind, .value = ask->value, .source = ask->source, .ref = ask->ref};
    *(struct person_changed *)out = (struct person_changed){ask->person, ask->kind};
    return ctx->identity->person_link_from(ctx, ask->person, &link, NULL);
}

struct person_unlink_ask {
    struct mx_str person;
    struct mx_str kind;
    struct mx_str value;
};
static const struct mx_field person_unlink_ask_fields[] = {
    MX_F_ID(person_unlink_ask, person, MX_REQUIRED, "per", "who"),
    MX_F_STR(person_unlink_ask, kind, MX_REQUIRED, 1, 16, "phone, email, card, openid, device or account"),
    MX_F_STR(person_unlink_ask, value, MX_REQUIRED | MX_PII, 1, IDENTITY_VALUE_MAX, "its value"),
};
MX_TYPE(person_unlink_ask, "identity.person.unlink.ask", "something that a person is known by no longer");

static mx_status unlink_person(struct mx_ctx *ctx, const void *in, void *out) {
    const struct person_unlink_ask *ask = in;
    mx_status st;
    *(struct person_changed *)out = (struct person_changed){ask->person, ask->kind};
    st = ctx->identity->person_unlink(ctx, ask->person, mx_dup(ctx, ask->kind).ptr, ask->value);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "value", "This person is not known by it.") : st;
}

const struct mx_op identity_op_person_show = PERSON_OP(
    MX_OP_QUERY, "identity.person.show", "A person: what she is known by, where that was learnt, and who is one customer with her.",
    "people.read", &person_ask_type, &person_wire_type, show_person, "person");
const struct mx_op identity_op_person_find =
    PERSON_OP(MX_OP_QUERY, "identity.person.find", "The person who is known by a phone, an address, a card ...", "people.read",
              &person_find_ask_type, &person_wire_type, find_person, NULL);
const struct mx_op identity_op_person_link = PERSON_OP(0, "identity.person.link", "Know a person by one thing more.", "people.write",
                                                       &person_link_ask_type, &person_changed_type, link_person, NULL);
const struct mx_op identity_op_person_unlink = PERSON_OP(0, "identity.person.unlink", "Know a person by one thing less.", "people.write",
                                                         &person_unlink_ask_type, &person_changed_type, unlink_person, NULL);
