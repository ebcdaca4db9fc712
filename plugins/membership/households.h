/* Households: members who live together, and those who depend on them. */
#ifndef MEMBERSHIP_HOUSEHOLDS_H
#define MEMBERSHIP_HOUSEHOLDS_H

#include "internal.h"

#define MEMBERSHIP_HOUSEHOLD_MAX  16
#define MEMBERSHIP_DEPENDENTS_MAX 20

struct membership_household {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str owner;
    struct mx_list members; /* of struct mx_str: ids under which they joined it, in that order */
    struct mx_list invited; /* of struct mx_str */
    int64_t made_at;
};

static const struct mx_field membership_household_fields[] = {
    MX_F_ID(membership_household, id, MX_REQUIRED, "hsh", "household"),
    MX_F_ID(membership_household, owner, MX_REQUIRED, "mem", "who may invite"),
    MX_F_STRS(membership_household, members, 0, 0, MEMBERSHIP_HOUSEHOLD_MAX, "who belongs to it"),
    MX_F_STRS(membership_household, invited, 0, 0, MEMBERSHIP_HOUSEHOLD_MAX, "who may join it"),
    MX_F_TIME(membership_household, made_at, 0, "since when"),
};
MX_TYPE_REC(membership_household, "membership.household", "members who live together");

static const char *const membership_dependent_words[] = {"child", "pet", "elder", NULL};

struct membership_dependent {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str member; /* who told of her */
    struct mx_str person; /* under whose key she stands */
    int32_t kind;
    struct mx_str name;
    struct mx_str born; /* "2024-05" */
};

static const struct mx_field membership_dependent_fields[] = {
    MX_F_ID(membership_dependent, id, MX_REQUIRED, "dep", "dependent"),
    MX_F_ID(membership_dependent, member, MX_REQUIRED, "mem", "who told of her"),
    MX_F_ID(membership_dependent, person, MX_REQUIRED, "per", "under whose key this stands"),
    MX_F_ENUM(membership_dependent, kind, MX_REQUIRED, membership_dependent_words, "child, pet or elder"),
    MX_F_STR(membership_dependent, name, MX_PII, 0, 100, "name"),
    MX_F_STR(membership_dependent, born, MX_PII, 0, 8, "year and month of birth"),
};
MX_TYPE_REC(membership_dependent, "membership.dependent", "somebody who depends on a member");

struct membership_household_put {
    struct mx_str member;
    struct mx_list invite;
    struct mx_list uninvite;
};

static const struct mx_field membership_household_put_fields[] = {
    MX_F_ID(membership_household_put, member, MX_REQUIRED, "mem", "owner"),
    MX_F_STRS(membership_household_put, invite, 0, 0, MEMBERSHIP_HOUSEHOLD_MAX, "members who may join"),
    MX_F_STRS(membership_household_put, uninvite, 0, 0, MEMBERSHIP_HOUSEHOLD_MAX, "members who may no longer join"),
};
MX_TYPE(membership_household_put, "membership.household.put", "make a household, or invite to it");

struct membership_household_join {
    struct mx_str household;
    struct mx_str member;
    struct mx_str proof;
};

static const struct mx_field membership_household_join_fields[] = {
    MX_F_ID(membership_household_join, household, MX_REQUIRED, "hsh", "household"),
    MX_F_ID(membership_household_join, member, MX_REQUIRED, "mem", "who joins"),
    MX_F_STR(membership_household_join, proof, MX_SECRET, 0, 200, "her one-time code, QR code or PIN; not needed when she asks herself"),
};
MX_TYPE(membership_household_join, "membership.household.join", "accept an invitation to a household");

struct membership_household_leave {
    struct mx_str member;
    struct mx_str by;
};

static const struct mx_field membership_household_leave_fields[] = {
    MX_F_ID(membership_household_leave, member, MX_REQUIRED, "mem", "who leaves"),
    MX_F_ID(membership_household_leave, by, 0, "mem", "the owner, when she takes somebody out"),
};
MX_TYPE(membership_household_leave, "membership.household.leave", "leave a household");

struct membership_dependent_put {
    uint64_t has;
    struct mx_str id;
    struct mx_str member;
    int32_t kind;
    struct mx_str name;
    int64_t year;
    int64_t month;
};

static const struct mx_field membership_dependent_put_fields[] = {
    MX_F_ID(membership_dependent_put, id, 0, "dep", "dependent, to change her; absent: a new one"),
    MX_F_ID(membership_dependent_put, member, MX_REQUIRED, "mem", "who tells of her"),
    MX_F_ENUM(membership_dependent_put, kind, 0, membership_dependent_words, "child, pet or elder"),
    MX_F_STR(membership_dependent_put, name, MX_PII | MX_FREE_TEXT, 1, 100, "name"),
    MX_F_INT(membership_dependent_put, year, MX_PII, 1900, 2200, "year of birth"),
    MX_F_INT(membership_dependent_put, month, MX_PII, 1, 12, "month of birth"),
};
MX_TYPE_HAS(membership_dependent_put, "membership.dependent.put", "tell of somebody who depends on a member");

struct membership_dependent_ref {
    struct mx_str id;
    struct mx_str member;
};

static const struct mx_field membership_dependent_ref_fields[] = {
    MX_F_ID(membership_dependent_ref, id, MX_REQUIRED, "dep", "dependent"),
    MX_F_ID(membership_dependent_ref, member, MX_REQUIRED, "mem", "who told of her"),
};
MX_TYPE(membership_dependent_ref, "membership.dependent.ref", "which dependent");

struct membership_dependent_shown {
    struct mx_str id;
    struct mx_str member;
    int32_t kind;
    struct mx_str name;
    struct mx_str born;
};

static const struct mx_field membership_dependent_shown_fields[] = {
    MX_F_ID(membership_dependent_shown, id, MX_REQUIRED, "dep", "dependent"),
    MX_F_ID(membership_dependent_shown, member, MX_REQUIRED, "mem", "who told of her"),
    MX_F_ENUM(membership_dependent_shown, kind, 0, membership_dependent_words, "child, pet or elder"),
    MX_F_STR(membership_dependent_shown, name, MX_PII, 0, 100, "name"),
    MX_F_STR(membership_dependent_shown, born, MX_PII, 0, 8, "year and month of birth"),
};
MX_TYPE(membership_dependent_shown, "membership.dependent.shown", "somebody who depends on a member");

struct membership_household_view {
    struct mx_str household; /* empty: she belongs to none */
    struct mx_str owner;
    struct mx_list members;
    struct mx_list invited;
    struct mx_list dependents; /* of struct membership_dependent_shown */
};

static const struct mx_field membership_household_view_fields[] = {
    MX_F_ID(membership_household_view, household, 0, "hsh", "household; absent: none"),
    MX_F_ID(membership_household_view, owner, 0, "mem", "who may invite"),
    MX_F_STRS(membership_household_view, members, 0, 0, MEMBERSHIP_HOUSEHOLD_MAX, "standing ids of all who belong to it"),
    MX_F_STRS(membership_household_view, invited, 0, 0, MEMBERSHIP_HOUSEHOLD_MAX, "who may join it"),
    MX_F_LIST(membership_household_view, dependents, 0, 0, 320, membership_dependent_shown_type, "who depends on them"),
};
MX_TYPE(membership_household_view, "membership.household.view", "a household");

struct membership_household_id {
    struct mx_str household; /* empty: there is none any more */
};

static const struct mx_field membership_household_id_fields[] = {
    MX_F_ID(membership_household_id, household, 0, "hsh", "household"),
};
MX_TYPE(membership_household_id, "membership.household.id", "which household");

/* The household of a customer; MX_NONE: none. */
MX_MUST_CHECK mx_status membership_household_of(struct mx_ctx *ctx, const struct membership_customer *customer,
                                                struct membership_household **household);

/* Take this member id out of her household, and all that she told of dependents. */
MX_MUST_CHECK mx_status membership_household_forget(struct mx_ctx *ctx, struct mx_str member);

/* Dependents that these ids told of, added to `list` (which has room for MEMBERSHIP_DEPENDENTS_MAX more of each). */
MX_MUST_CHECK mx_status membership_dependents_of(struct mx_ctx *ctx, const struct mx_list *members, struct mx_list *list);

extern const struct mx_table membership_households, membership_dependents;
extern const struct mx_op membership_household_put_op, membership_household_join_op, membership_household_leave_op,
    membership_household_get_op, membership_dependent_put_op, membership_dependent_remove_op;
mx_status membership_household_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_household_section(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_str *json);

#endif
