/* What the operations of group-buys and bargains take and answer. */
#ifndef PROMOTIONS_WIRE_GROUP_H
#define PROMOTIONS_WIRE_GROUP_H

#include "records.h"

struct campaign_put {
    uint64_t has;
    struct mx_str rule;
    int64_t size;
    int64_t floor;
    int64_t cut;
    int64_t helpers;
    int64_t hours;
    int64_t if_rev;
};

static const struct mx_field campaign_put_fields[] = {
    MX_F_STR(campaign_put, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion that it is for"),
    MX_F_INT(campaign_put, size, 0, 2, 1000, "group-buy: members that it takes, with the one who opens it"),
    MX_F_MONEY(campaign_put, floor, 0, 0, MX_INT_MAX, "bargain: the price is never less"),
    MX_F_MONEY(campaign_put, cut, 0, 1, MX_INT_MAX, "bargain: what each helper takes off"),
    MX_F_INT(campaign_put, helpers, 0, 1, 1000, "bargain: helpers at most"),
    MX_F_INT(campaign_put, hours, MX_REQUIRED, 1, 8760, "open for so long, and then to be bought for as long"),
    MX_F_INT(campaign_put, if_rev, 0, 0, MX_INT_MAX, "change only this revision"),
};
MX_TYPE_HAS(campaign_put, "promotions.campaign.put", "terms of group-buys (size) or bargains (floor, cut, helpers)");

struct campaign_ask {
    struct mx_str rule;
};

static const struct mx_field campaign_ask_fields[] = {
    MX_F_STR(campaign_ask, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion"),
};
MX_TYPE(campaign_ask, "promotions.campaign.ask", "terms by their promotion");

struct campaign_view {
    struct mx_str rule;
    int32_t kind;
    int64_t size;
    int64_t floor;
    int64_t cut;
    int64_t helpers;
    int64_t hours;
    int64_t rev;
};

static const struct mx_field campaign_view_fields[] = {
    MX_F_STR(campaign_view, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion that it is for"),
    MX_F_ENUM(campaign_view, kind, 0, promotion_kind_words, "kind"),
    MX_F_INT(campaign_view, size, 0, 0, 1000, "members of a group"),
    MX_F_MONEY(campaign_view, floor, 0, 0, MX_INT_MAX, "lowest price of a bargain"),
    MX_F_MONEY(campaign_view, cut, 0, 0, MX_INT_MAX, "what one helper takes off"),
    MX_F_INT(campaign_view, helpers, 0, 0, 1000, "helpers at most"),
    MX_F_INT(campaign_view, hours, 0, 0, 8760, "hours"),
    MX_F_INT(campaign_view, rev, 0, 0, MX_INT_MAX, "revision"),
};
MX_TYPE(campaign_view, "promotions.campaign", "terms of group-buys or bargains");

struct campaign_one {
    struct campaign_view *campaign;
};

static const struct mx_field campaign_one_fields[] = {
    MX_F_STRUCT(campaign_one, campaign, MX_REQUIRED, campaign_view_type, "the terms"),
};
MX_TYPE(campaign_one, "promotions.campaign.one", "terms of group-buys or bargains");

struct group_open {
    struct mx_str rule;
    struct mx_str member;
};

static const struct mx_field group_open_fields[] = {
    MX_F_STR(group_open, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion"),
    MX_F_ID(group_open, member, MX_REQUIRED, "mem", "who opens it"),
};
MX_TYPE(group_open, "promotions.group.open", "open a group");

struct bargain_open {
    struct mx_str rule;
    struct mx_str member;
    struct mx_str sku;
    struct mx_str location;
    struct mx_str channel;
};

static const struct mx_field bargain_open_fields[] = {
    MX_F_STR(bargain_open, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion"),
    MX_F_ID(bargain_open, member, MX_REQUIRED, "mem", "who opens it"),
    MX_F_STR(bargain_open, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_STR(bargain_open, location, 0, 0, MX_CODE_MAX, "where it would be sold, for its price"),
    MX_F_STR(bargain_open, channel, 0, 0, MX_CODE_MAX, "how it would be sold"),
};
MX_TYPE(bargain_open, "promotions.bargain.open", "open a bargain");

struct group_join {
    struct mx_str code;
    struct mx_str member;
};

static const struct mx_field group_join_fields[] = {
    MX_F_STR(group_join, code, MX_REQUIRED, 1, 64, "code that was shared"),
    MX_F_ID(group_join, member, MX_REQUIRED, "mem", "who joins or helps"),
};
MX_TYPE(group_join, "promotions.group.join", "join a group, or help with a bargain");

struct group_ask {
    struct mx_str code;
};

static const struct mx_field group_ask_fields[] = {
    MX_F_STR(group_ask, code, MX_REQUIRED, 1, 64, "code that was shared"),
};
MX_TYPE(group_ask, "promotions.group.ask", "a group or bargain by its code");

struct group_view {
    struct mx_str code;
    int32_t kind;
    int32_t state;
    struct mx_str rule;
    struct mx_str owner;
    struct mx_str sku;
    int64_t size;
    int64_t joined;
    int64_t missing;
    int64_t amount;
    int64_t until;
};

static const struct mx_field group_view_fields[] = {
    MX_F_STR(group_view, code, MX_REQUIRED, 1, 64, "code to share; no secret"),
    MX_F_ENUM(group_view, kind, 0, promotion_kind_words, "kind"),
    MX_F_ENUM(group_view, state, 0, promotion_group_state_words, "state"),
    MX_F_STR(group_view, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion"),
    MX_F_ID(group_view, owner, 0, "mem", "who opened it"),
    MX_F_STR(group_view, sku, 0, 0, MX_SKU_MAX, "article of a bargain"),
    MX_F_INT(group_view, size, 0, 0, 1000, "members that it takes, or helpers at most"),
    MX_F_INT(group_view, joined, 0, 0, 1000, "how many joined or helped"),
    MX_F_INT(group_view, missing, 0, 0, 1000, "how many a group still lacks, or may still help"),
    MX_F_MONEY(group_view, amount, 0, 0, MX_INT_MAX, "bargain: what helpers took off so far"),
    MX_F_TIME(group_view, until, 0, "joined before; when complete: bought before"),
};
MX_TYPE(group_view, "promotions.group", "a group-buy or bargain");

struct group_one {
    struct mx_str code;
    struct mx_str coupon;
    struct group_view *group;
};

static const struct mx_field group_one_fields[] = {
    MX_F_STR(group_one, code, MX_REQUIRED, 1, 64, "code to share; no secret"),
    MX_F_ID(group_one, coupon, 0, "cpn", "coupon of whoever asked, to be given with the sale"),
    MX_F_STRUCT(group_one, group, MX_REQUIRED, group_view_type, "the group or bargain"),
};
MX_TYPE(group_one, "promotions.group.one", "a group-buy or bargain");

struct group_told {
    struct mx_str group;
    struct mx_str rule;
    struct mx_str member;
    int64_t joined;
};

static const struct mx_field group_told_fields[] = {
    MX_F_STR(group_told, group, MX_REQUIRED, 1, 64, "group or bargain"),
    MX_F_STR(group_told, rule, 0, 0, PROMOTIONS_RULE_MAX, "promotion"),
    MX_F_ID(group_told, member, 0, "mem", "who opened, joined or helped"),
    MX_F_INT(group_told, joined, 0, 0, 1000, "how many joined or helped"),
};
MX_TYPE(group_told, "promotions.group.told", "something happened to a group or bargain");

extern const struct mx_event_def promotions_group_opened, promotions_group_joined, promotions_group_completed, promotions_group_ended;

#endif
