/* A member as other plugins see one: an id and a tier, nothing personal. Since 0.1. */
#ifndef MERX_RETAIL_MEMBER_H
#define MERX_RETAIL_MEMBER_H

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mx_member_ask {
    struct mx_str member;
};

static const struct mx_field mx_member_ask_fields[] = {
    MX_F_ID(mx_member_ask, member, MX_REQUIRED, "mem", "member id"),
};
MX_TYPE(mx_member_ask, "member.ask", "which member");

struct mx_member_facts {
    struct mx_str id;
    struct mx_str tier; /* code; "basic" when none was earned */
};

static const struct mx_field mx_member_facts_fields[] = {
    MX_F_ID(mx_member_facts, id, MX_REQUIRED, "mem", "member id"),
    MX_F_STR(mx_member_facts, tier, 0, 0, 32, "tier code"),
};
MX_TYPE(mx_member_facts, "member.facts", "a member without anything personal");

/* FIRST: the facts of a member. Declines for an id that it does not know. */
#define MX_POINT_MEMBER "retail.member"
static const struct mx_point mx_point_member = {
    (uint32_t)sizeof(struct mx_point), MX_POINT_FIRST, MX_POINT_MEMBER, "facts of a member", &mx_member_ask_type, &mx_member_facts_type};

#ifdef __cplusplus
}
#endif
#endif
