/* Referrals, occasions and settings as asked and answered. */
#ifndef REWARDS_WIRE_REFER_H
#define REWARDS_WIRE_REFER_H

#include "records.h"

/* ---- referrals ---- */

struct referral_code {
    struct mx_str code;
};

static const struct mx_field referral_code_fields[] = {
    MX_F_STR(referral_code, code, MX_REQUIRED, 1, 16, "code that friends give when they join"),
};
MX_TYPE(referral_code, "rewards.referral.code", "code for friends");

struct referral_friend {
    struct mx_str member;
    int32_t state;
    struct mx_str reason;
    int64_t joined_at;
    struct mx_str order;
    int64_t due_at;
    int64_t points;
};

static const struct mx_field referral_friend_fields[] = {
    MX_F_ID(referral_friend, member, MX_REQUIRED, "mem", "the friend"),
    MX_F_ENUM(referral_friend, state, MX_REQUIRED, referral_state_words, "how far it is"),
    MX_F_STR(referral_friend, reason, 0, 0, 32,
             "why it is not rewarded: self, household, ring, many, fast, gone, returned; held for: payment, device"),
    MX_F_TIME(referral_friend, joined_at, 0, "when the friend joined"),
    MX_F_ID(referral_friend, order, 0, "ord", "first order that counts"),
    MX_F_TIME(referral_friend, due_at, 0, "when it is kept"),
    MX_F_INT(referral_friend, points, 0, 0, MX_INT_MAX, "points for who brought the friend"),
};
MX_TYPE(referral_friend, "rewards.referral.friend", "a friend who was brought");

struct referral_graph {
    struct mx_str code;
    struct mx_list by; /* of struct mx_str: who brought her, who brought that one ... */
    int32_t state;
    struct mx_str reason;
    struct mx_list friends;
    uint8_t more;
};

#define REWARDS_CHAIN_MAX 8

static const struct mx_field referral_graph_fields[] = {
    MX_F_STR(referral_graph, code, 0, 0, 16, "her code"),
    MX_F_STRS(referral_graph, by, 0, 0, REWARDS_CHAIN_MAX, "who brought her, who brought that one, and so on"),
    MX_F_ENUM(referral_graph, state, 0, referral_state_words, "how far her own referral is"),
    MX_F_STR(referral_graph, reason, 0, 0, 32, "why that is not rewarded"),
    MX_F_LIST(referral_graph, friends, MX_REQUIRED, 0, 500, referral_friend_type, "whom she brought"),
    MX_F_BOOL(referral_graph, more, 0, "there are more than shown"),
};
MX_TYPE(referral_graph, "rewards.referral.graph", "who brought whom");

struct referral_held {
    struct mx_str friend_id;
    struct mx_str referrer;
    struct mx_str reason;
    struct mx_str order;
    int64_t due_at;
};

static const struct mx_field referral_held_fields[] = {
    MX_F_ID(referral_held, friend_id, MX_REQUIRED, "mem", "who was brought"),
    MX_F_ID(referral_held, referrer, MX_REQUIRED, "mem", "by whom"),
    MX_F_STR(referral_held, reason, 0, 0, 32, "what they share: payment, device"),
    MX_F_ID(referral_held, order, 0, "ord", "first order that counts"),
    MX_F_TIME(referral_held, due_at, 0, "when it was kept"),
};
MX_TYPE(referral_held, "rewards.referral.held", "a referral that waits for a person to decide");

struct referral_held_list {
    struct mx_list referrals;
    uint8_t more;
};

#define REWARDS_HELD_MAX 200

static const struct mx_field referral_held_list_fields[] = {
    MX_F_LIST(referral_held_list, referrals, MX_REQUIRED, 0, REWARDS_HELD_MAX, referral_held_type, "the oldest first"),
    MX_F_BOOL(referral_held_list, more, 0, "there are more than shown"),
};
MX_TYPE(referral_held_list, "rewards.referral.held.list", "referrals that wait for a person to decide");

struct referral_decide {
    struct mx_str friend_id;
    uint8_t reward;
    struct mx_str note;
};

static const struct mx_field referral_decide_fields[] = {
    MX_F_ID(referral_decide, friend_id, MX_REQUIRED, "mem", "who was brought"),
    MX_F_BOOL(referral_decide, reward, MX_REQUIRED, "reward both sides, or neither"),
    MX_F_STR(referral_decide, note, MX_REQUIRED | MX_FREE_TEXT, 1, 200, "why"),
};
MX_TYPE(referral_decide, "rewards.referral.decide", "decide about a referral that is held");

struct referral_decided {
    struct mx_str friend_id;
    struct mx_str referrer;
    struct mx_str reason;
    uint8_t rewarded;
    int32_t state;
    struct mx_str note;
};

static const struct mx_field referral_decided_fields[] = {
    MX_F_ID(referral_decided, friend_id, MX_REQUIRED, "mem", "who was brought"),
    MX_F_ID(referral_decided, referrer, MX_REQUIRED, "mem", "by whom"),
    MX_F_STR(referral_decided, reason, 0, 0, 32, "what it was held for"),
    MX_F_BOOL(referral_decided, rewarded, 0, "both sides were to be rewarded"),
    MX_F_ENUM(referral_decided, state, 0, referral_state_words, "how far it is by now"),
    MX_F_STR(referral_decided, note, 0, 0, 200, "why it was decided so"),
};
MX_TYPE(referral_decided, "rewards.referral.decided", "what was decided about a referral");

struct referral_device {
    struct mx_str member;
    struct mx_str device;
};

static const struct mx_field referral_device_fields[] = {
    MX_F_ID(referral_device, member, MX_REQUIRED, "mem", "who uses it"),
    MX_F_STR(referral_device, device, MX_REQUIRED | MX_SECRET, 1, 128, "the app's or the browser's own name for it"),
};
MX_TYPE(referral_device, "rewards.referral.device", "a member uses this device");

struct referral_due {
    struct mx_str friend_id;
};

static const struct mx_field referral_due_fields[] = {
    MX_F_ID(referral_due, friend_id, MX_REQUIRED, "mem", "friend whose first order is kept by now"),
};
MX_TYPE(referral_due, "rewards.referral.due", "a first order is kept");

/* ---- occasions ---- */

struct occasion_put {
    uint64_t has;
    struct mx_str code;
    int32_t day;
    struct mx_list name;
    int64_t points;
    struct mx_str rule;
    int64_t days_before;
    int64_t valid_days;
    struct mx_str purpose;
    struct mx_str channel;
    struct mx_str media_url;
    uint8_t off;
};

static const struct mx_field occasion_put_fields[] = {
    MX_F_STR(occasion_put, code, MX_REQUIRED, 1, 32, "code: a-z, digits, _ and -"),
    MX_F_ENUM(occasion_put, day, 0, mx_occasion_words, "birthday, or the day she joined; needed for a new one"),
    MX_F_MAP(occasion_put, name, 0, 0, 32, "name by language"),
    MX_F_INT(occasion_put, points, 0, 0, MX_INT_MAX, "points as a present"),
    MX_F_STR(occasion_put, rule, 0, 0, 64, "promotion of which a coupon is given"),
    MX_F_INT(occasion_put, days_before, 0, 0, 60, "days before the day (0)"),
    MX_F_INT(occasion_put, valid_days, 0, 1, 366, "days that it is good for (30)"),
    MX_F_STR(occasion_put, purpose, 0, 1, 32, "purpose for which consent is asked (personalisation)"),
    MX_F_STR(occasion_put, channel, 0, 0, 32, "channel of the greeting"),
    MX_F_STR(occasion_put, media_url, 0, 0, 500,
             "where a greeting is made: gets the occasion and an id, answers {\"media\": \"https://...\"}"),
    MX_F_BOOL(occasion_put, off, 0, "do not give it at present"),
};
MX_TYPE_HAS(occasion_put, "rewards.occasion.put", "give something on a day");

struct occasion_view {
    struct mx_str code;
    int32_t day;
    struct mx_list name;
    int64_t points;
    struct mx_str rule;
    int64_t days_before;
    int64_t valid_days;
    struct mx_str purpose;
    struct mx_str channel;
    struct mx_str media_url;
    uint8_t off;
    int64_t rev;
};

static const struct mx_field occasion_view_fields[] = {
    MX_F_STR(occasion_view, code, MX_REQUIRED, 1, 32, "code"),
    MX_F_ENUM(occasion_view, day, 0, mx_occasion_words, "whose day"),
    MX_F_MAP(occasion_view, name, 0, 0, 32, "name by language"),
    MX_F_INT(occasion_view, points, 0, 0, MX_INT_MAX, "points"),
    MX_F_STR(occasion_view, rule, 0, 0, 64, "promotion"),
    MX_F_INT(occasion_view, days_before, 0, 0, 60, "days before"),
    MX_F_INT(occasion_view, valid_days, 0, 0, 366, "days that it is good for"),
    MX_F_STR(occasion_view, purpose, 0, 0, 32, "purpose"),
    MX_F_STR(occasion_view, channel, 0, 0, 32, "channel"),
    MX_F_STR(occasion_view, media_url, 0, 0, 500, "maker of greetings"),
    MX_F_BOOL(occasion_view, off, 0, "not given at present"),
    MX_F_INT(occasion_view, rev, 0, 0, MX_INT_MAX, "revision"),
};
MX_TYPE(occasion_view, "rewards.occasion", "a day on which members get something");

struct occasion_one {
    struct occasion_view *occasion;
};

static const struct mx_field occasion_one_fields[] = {
    MX_F_STRUCT(occasion_one, occasion, MX_REQUIRED, occasion_view_type, "the occasion"),
};
MX_TYPE(occasion_one, "rewards.occasion.one", "one occasion");

struct occasion_list {
    struct mx_list occasions;
};

#define REWARDS_OCCASIONS_MAX 50

static const struct mx_field occasion_list_fields[] = {
    MX_F_LIST(occasion_list, occasions, MX_REQUIRED, 0, REWARDS_OCCASIONS_MAX, occasion_view_type, "occasions, by code"),
};
MX_TYPE(occasion_list, "rewards.occasion.list", "days on which members get something");

struct grant_view {
    struct mx_str occasion;
    int64_t year;
    int64_t at;
    int64_t points;
    struct mx_str coupon;
    int64_t until;
    struct mx_str media;
};

static const struct mx_field grant_view_fields[] = {
    MX_F_STR(grant_view, occasion, MX_REQUIRED, 1, 32, "occasion"),
    MX_F_INT(grant_view, year, 0, 0, 2200, "for which year"),
    MX_F_TIME(grant_view, at, 0, "when"),
    MX_F_INT(grant_view, points, 0, 0, MX_INT_MAX, "points"),
    MX_F_ID(grant_view, coupon, 0, "cpn", "coupon"),
    MX_F_TIME(grant_view, until, 0, "good until"),
    MX_F_STR(grant_view, media, 0, 0, 500, "the greeting"),
};
MX_TYPE(grant_view, "rewards.grant", "what a member got on her day");

struct grant_list {
    struct mx_list grants;
};

static const struct mx_field grant_list_fields[] = {
    MX_F_LIST(grant_list, grants, MX_REQUIRED, 0, 500, grant_view_type, "presents, the oldest first"),
};
MX_TYPE(grant_list, "rewards.grant.list", "what a member got on her days");

/* ---- settings ---- */

struct rewards_settings_put {
    uint64_t has;
    int64_t referrer_points;
    int64_t friend_points;
    int64_t window_days;
    int64_t min_total;
    int64_t referrals_max;
    int64_t referrals_a_day;
    int64_t if_rev;
};

static const struct mx_field rewards_settings_put_fields[] = {
    MX_F_INT(rewards_settings_put, referrer_points, 0, 0, MX_INT_MAX, "points for who brings a friend"),
    MX_F_INT(rewards_settings_put, friend_points, 0, 0, MX_INT_MAX, "points for the friend"),
    MX_F_INT(rewards_settings_put, window_days, 0, 0, 3650, "days after which a first order is kept"),
    MX_F_MONEY(rewards_settings_put, min_total, 0, 0, MX_INT_MAX, "what that order must cost"),
    MX_F_INT(rewards_settings_put, referrals_max, 0, 0, MX_INT_MAX, "friends of one member that are rewarded; 0 = no limit"),
    MX_F_INT(rewards_settings_put, referrals_a_day, 0, 0, MX_INT_MAX, "friends of one member who may join in a day; 0 = no limit"),
    MX_F_INT(rewards_settings_put, if_rev, 0, 0, MX_INT_MAX, "change only this revision"),
};
MX_TYPE_HAS(rewards_settings_put, "rewards.settings.put", "what changes of the settings");

struct rewards_settings_view {
    int64_t referrer_points;
    int64_t friend_points;
    int64_t window_days;
    int64_t min_total;
    int64_t referrals_max;
    int64_t referrals_a_day;
    int64_t rev;
};

static const struct mx_field rewards_settings_view_fields[] = {
    MX_F_INT(rewards_settings_view, referrer_points, 0, 0, MX_INT_MAX, "points for who brings a friend"),
    MX_F_INT(rewards_settings_view, friend_points, 0, 0, MX_INT_MAX, "points for the friend"),
    MX_F_INT(rewards_settings_view, window_days, 0, 0, 3650, "days after which a first order is kept"),
    MX_F_MONEY(rewards_settings_view, min_total, 0, 0, MX_INT_MAX, "what that order must cost"),
    MX_F_INT(rewards_settings_view, referrals_max, 0, 0, MX_INT_MAX, "friends of one member that are rewarded"),
    MX_F_INT(rewards_settings_view, referrals_a_day, 0, 0, MX_INT_MAX, "friends of one member who may join in a day"),
    MX_F_INT(rewards_settings_view, rev, 0, 0, MX_INT_MAX, "revision; 0 = nobody has set anything"),
};
MX_TYPE(rewards_settings_view, "rewards.settings", "how referrals work");

struct rewards_settings_one {
    struct rewards_settings_view *settings;
};

static const struct mx_field rewards_settings_one_fields[] = {
    MX_F_STRUCT(rewards_settings_one, settings, MX_REQUIRED, rewards_settings_view_type, "the settings"),
};
MX_TYPE(rewards_settings_one, "rewards.settings.one", "the settings");

#endif
