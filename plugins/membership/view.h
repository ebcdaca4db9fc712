/* The one view of a customer. */
#ifndef MEMBERSHIP_VIEW_H
#define MEMBERSHIP_VIEW_H

#include "internal.h"
#include "tiers.h"

#define MEMBERSHIP_SECTIONS_MAX 64

struct membership_view_ask {
    struct mx_str member;
    struct mx_str phone;
    struct mx_str email;
    struct mx_str card;
    struct mx_str openid;
    struct mx_str device;
    struct mx_str account;
    struct mx_str qr;
};

static const struct mx_field membership_view_ask_fields[] = {
    MX_F_ID(membership_view_ask, member, 0, "mem", "member id, any of hers"),
    MX_F_STR(membership_view_ask, phone, MX_PII, 1, 40, "phone number"),
    MX_F_STR(membership_view_ask, email, MX_PII, 1, 254, "e-mail address"),
    MX_F_STR(membership_view_ask, card, MX_PII, 1, 64, "number of a member's card"),
    MX_F_STR(membership_view_ask, openid, MX_PII, 1, 128, "id of an account that she signs in with"),
    MX_F_STR(membership_view_ask, device, MX_PII, 1, 128, "id of her phone or browser"),
    MX_F_STR(membership_view_ask, account, MX_PII, 1, 128, "account at a marketplace, channel:number"),
    MX_F_STR(membership_view_ask, qr, MX_PII, 1, 400, "text of her rotating QR code"),
};
MX_TYPE(membership_view_ask, "membership.view.ask", "who is it");

struct membership_whole {
    struct membership_card *member;
    struct mx_list sections; /* of struct mx_section, by name */
};

static const struct mx_field membership_whole_fields[] = {
    MX_F_STRUCT(membership_whole, member, MX_REQUIRED, membership_card_type, "the member"),
    MX_F_LIST(membership_whole, sections, 0, 0, MEMBERSHIP_SECTIONS_MAX, mx_section_type,
              "what there is of her, by name; null: nothing, or not for the caller"),
};
MX_TYPE(membership_whole, "membership.whole", "everything about one customer");

extern const struct mx_op membership_view_op, membership_entitlements_op;

/* What a member is, in an export. */
struct membership_standing {
    struct mx_str tier;
    int64_t tier_at;
    int64_t joined_at;
    struct mx_list segments;
    struct mx_list traits;
    struct mx_str channel;
    struct mx_str location;
    struct mx_str campaign;
    struct mx_str household; /* JSON */
    struct mx_list changes;
    uint8_t more;
};

static const struct mx_field membership_standing_fields[] = {
    MX_F_STR(membership_standing, tier, 0, 0, MEMBERSHIP_TIER_MAX, "tier code"),
    MX_F_TIME(membership_standing, tier_at, 0, "since when this tier"),
    MX_F_TIME(membership_standing, joined_at, 0, "since when a member"),
    MX_F_STRS(membership_standing, segments, 0, 0, MEMBERSHIP_SEGMENTS_MAX, "groups that the shop counts her to"),
    MX_F_MAP(membership_standing, traits, 0, 0, 64, "open attributes of the shop's own"),
    MX_F_STR(membership_standing, channel, 0, 0, MX_CODE_MAX, "how she joined"),
    MX_F_STR(membership_standing, location, 0, 0, MX_CODE_MAX, "where she joined"),
    MX_F_STR(membership_standing, campaign, 0, 0, MX_CODE_MAX, "campaign of the link that she joined by"),
    MX_F_LIST(membership_standing, changes, 0, 0, MEMBERSHIP_TIER_TOLD, membership_tier_row_type,
              "what happened to her tier, newest first"),
    MX_F_BOOL(membership_standing, more, 0, "there are older changes"),
    MX_F_JSON(membership_standing, household, 0, MX_INT_MAX, "who shares a household with her, and how many depend on it"),
};
MX_TYPE(membership_standing, "membership.standing", "what a member is");

mx_status membership_standing_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status membership_section_answer(struct mx_ctx *ctx, const void *in, void *out);

#endif
