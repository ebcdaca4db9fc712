/* How persons look from outside. */
#ifndef IDENTITY_PERSON_WIRE_H
#define IDENTITY_PERSON_WIRE_H

#include "identity/internal.h"

#define PERSON_LINKS_MAX  256u
#define PERSON_MERGES_MAX 256u

#define PERSON_OP(flags, name, doc, permission, in, out, handler, own)                                                                     \
    { (uint32_t)sizeof(struct mx_op), flags, name, doc, permission, in, out, handler, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.4", own }

struct person_link_wire {
    struct mx_str id;
    struct mx_str person;
    struct mx_str kind;
    struct mx_str value;
    struct mx_str masked;
    int64_t linked;
    struct mx_str source;
    struct mx_str ref;
    struct mx_str by;
};
static const struct mx_field person_link_wire_fields[] = {
    MX_F_ID(person_link_wire, id, 0, "idt", "identifier"),
    MX_F_ID(person_link_wire, person, 0, "per", "who is known by it"),
    MX_F_STR(person_link_wire, kind, 0, 0, 16, "phone, email, card, openid, device or account"),
    MX_F_STR(person_link_wire, value, MX_PII, 0, IDENTITY_VALUE_MAX, "the value; only for those who may read it"),
    MX_F_STR(person_link_wire, masked, 0, 0, IDENTITY_VALUE_MAX, "enough of it for whoever knows it"),
    MX_F_TIME(person_link_wire, linked, 0, "since when"),
    MX_F_STR(person_link_wire, source, 0, 0, 32, "where it was learnt"),
    MX_F_STR(person_link_wire, ref, 0, 0, 80, "document behind it"),
    MX_F_ID(person_link_wire, by, 0, NULL, "on whose behalf"),
};
MX_TYPE(person_link_wire, "identity.person.identifier", "what a person is known by");

/* The same without what only some may read: for commands and refusals. */
struct person_hint_wire {
    struct mx_str kind;
    struct mx_str masked;
};
static const struct mx_field person_hint_wire_fields[] = {
    MX_F_STR(person_hint_wire, kind, 0, 0, 16, "phone, email, card, openid, device or account"),
    MX_F_STR(person_hint_wire, masked, 0, 0, IDENTITY_VALUE_MAX, "enough of it for whoever knows it"),
};
MX_TYPE(person_hint_wire, "identity.person.hint", "what a person is known by, masked");

struct person_merge_wire {
    struct mx_str merge;
    struct mx_str from;
    struct mx_str into;
    int64_t at;
    struct mx_str by;
    struct mx_str reason;
    int64_t undone_at;
    struct mx_str undone_by;
};
static const struct mx_field person_merge_wire_fields[] = {
    MX_F_ID(person_merge_wire, merge, 0, "mrg", "merge"),
    MX_F_ID(person_merge_wire, from, 0, "per", "person that goes by the other's name"),
    MX_F_ID(person_merge_wire, into, 0, "per", "the other"),
    MX_F_TIME(person_merge_wire, at, 0, "when"),
    MX_F_ID(person_merge_wire, by, 0, NULL, "who said so"),
    MX_F_STR(person_merge_wire, reason, 0, 0, 200, "why"),
    MX_F_TIME(person_merge_wire, undone_at, 0, "when it was taken back; 0: it stands"),
    MX_F_ID(person_merge_wire, undone_by, 0, NULL, "by whom"),
};
MX_TYPE(person_merge_wire, "identity.person.merge.record", "somebody said that two persons are one");

/* person_list.c: a list (of the wire type, as long as its room) and how much of it is filled. */
/* All that these persons are known by. open: with the values. */
MX_MUST_CHECK mx_status identity_links_of(struct mx_ctx *ctx, const struct mx_list *persons, int open, struct mx_list *links);
/* All merges that these persons were ever part of, in the order in which they were made. */
MX_MUST_CHECK mx_status identity_merges_of(struct mx_ctx *ctx, const struct mx_list *persons, struct mx_list *merges);
/* What one person is known by, masked. */
MX_MUST_CHECK mx_status identity_hints_of(struct mx_ctx *ctx, struct mx_str person, struct mx_list *hints);

#endif
