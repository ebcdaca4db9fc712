/* What is told when persons become one customer, part again, or are forgotten. Since 0.4. */
#ifndef MERX_RETAIL_PERSON_H
#define MERX_RETAIL_PERSON_H

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Events "identity.persons.merged" and "identity.persons.unmerged". Nothing is moved: ledgers keep the ids they were written under. */
struct mx_persons_merged {
    struct mx_str merge; /* "mrg_..." */
    struct mx_str from;
    struct mx_str into;
    struct mx_str reason;
    /* of "unmerged" alone */
    struct mx_str stood; /* of those who part, the one who stood: what was written since the merge is hers */
    int64_t since;       /* when they were merged */
};

static const struct mx_field mx_persons_merged_fields[] = {
    MX_F_ID(mx_persons_merged, merge, MX_REQUIRED, "mrg", "merge"),
    MX_F_ID(mx_persons_merged, from, MX_REQUIRED, "per", "person that goes by the other's name"),
    MX_F_ID(mx_persons_merged, into, MX_REQUIRED, "per", "person that stands"),
    MX_F_STR(mx_persons_merged, reason, 0, 0, 200, "why"),
    MX_F_ID(mx_persons_merged, stood, 0, "per", "when they part: person who stood"),
    MX_F_TIME(mx_persons_merged, since, 0, "when they part: when they were merged"),
};
MX_TYPE(mx_persons_merged, "persons.merged", "two persons are one customer, or no longer");

#define MX_EVENT_PERSONS_MERGED   "identity.persons.merged"
#define MX_EVENT_PERSONS_UNMERGED "identity.persons.unmerged"

/* Event "identity.person.erased": her key is destroyed with this commit. Whoever keeps things about her that are not sealed and not
 * books (traits, tags, behaviour, consents' details) deletes them on hearing this; ledgers stay and name an id that means nobody. */
struct mx_person_erased {
    struct mx_str person;
    struct mx_str reason;
};

static const struct mx_field mx_person_erased_fields[] = {
    MX_F_ID(mx_person_erased, person, MX_REQUIRED, "per", "person"),
    MX_F_STR(mx_person_erased, reason, 0, 0, 200, "why"),
};
MX_TYPE(mx_person_erased, "person.erased", "a person was erased");

#define MX_EVENT_PERSON_ERASED "identity.person.erased"

/* Events "identity.person.linked" and "identity.person.unlinked": a person is known by one thing more or less. Not by which: who needs
 * the value reads it, sealed as it is, from the kernel. */
struct mx_person_linked {
    struct mx_str person;
    struct mx_str kind;   /* "phone", "device", ... */
    struct mx_str source; /* where it was learnt; empty: not said */
};

static const struct mx_field mx_person_linked_fields[] = {
    MX_F_ID(mx_person_linked, person, MX_REQUIRED, "per", "person"),
    MX_F_STR(mx_person_linked, kind, MX_REQUIRED, 1, 16, "kind of identifier"),
    MX_F_STR(mx_person_linked, source, 0, 0, 32, "where it was learnt"),
};
MX_TYPE(mx_person_linked, "person.linked", "a person is known by one thing more or less");

#define MX_EVENT_PERSON_LINKED   "identity.person.linked"
#define MX_EVENT_PERSON_UNLINKED "identity.person.unlinked"

/* COLLECT: what stands in the way of parting two merged persons exactly. Each plugin says what was written under the standing id since
 * the merge and therefore stays there, and what is set right by that plugin when it hears "unmerged" (points that one of them spent of the
 * other's). Asked when they are two again, before the event. Reads only. */
struct mx_unmerge_ask {
    struct mx_str from;
    struct mx_str into;
    int64_t since; /* when they were merged */
};

static const struct mx_field mx_unmerge_ask_fields[] = {
    MX_F_ID(mx_unmerge_ask, from, MX_REQUIRED, "per", "person that gets back what was hers"),
    MX_F_ID(mx_unmerge_ask, into, MX_REQUIRED, "per", "person that stands"),
    MX_F_TIME(mx_unmerge_ask, since, 0, "when they were merged"),
};
MX_TYPE(mx_unmerge_ask, "unmerge.ask", "what cannot be parted");

struct mx_unsplit {
    struct mx_str what; /* "orders", "points", "coupons", "identifiers" ... */
    int64_t count;
    struct mx_str note; /* a sentence */
};

static const struct mx_field mx_unsplit_fields[] = {
    MX_F_STR(mx_unsplit, what, MX_REQUIRED, 1, 32, "what"),
    MX_F_INT(mx_unsplit, count, 0, 0, MX_INT_MAX, "how many"),
    MX_F_STR(mx_unsplit, note, 0, 0, 200, "what it means"),
};
MX_TYPE(mx_unsplit, "unmerge.unsplit", "something that stays with the person that stands");

#define MX_POINT_UNMERGE "identity.unmerge"
static const struct mx_point mx_point_unmerge = {(uint32_t)sizeof(struct mx_point), MX_POINT_COLLECT,     MX_POINT_UNMERGE,
                                                 "what cannot be parted",           &mx_unmerge_ask_type, &mx_unsplit_type};

#ifdef __cplusplus
}
#endif
#endif
