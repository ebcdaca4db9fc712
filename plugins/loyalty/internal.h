/* Loyalty's records, requests and answers, and the functions that its files share. */
#ifndef LOYALTY_INTERNAL_H
#define LOYALTY_INTERNAL_H

#include "merx/plugin.h"
#include "merx/retail/member.h"
#include "merx/retail/points.h"

#define LOYALTY_PARTS_MAX 10000 /* parts of one movement */
#define LOYALTY_LOTS_MAX  500   /* lots that a balance shows */
#define LOYALTY_LOOK_MAX  5000  /* lots that a balance looks at */

/* ---- settings: one record ---- */

struct loyalty_settings {
    struct mx_rec rec;
    struct mx_str scheme;
    int64_t minor_per_point;
    int64_t available_after_ms;
    int64_t expires_after_ms;
};

static const struct mx_field loyalty_settings_fields[] = {
    MX_F_STR(loyalty_settings, scheme, MX_REQUIRED, 1, 32, "which scheme"),
    MX_F_INT(loyalty_settings, minor_per_point, 0, 1, MX_INT_MAX, "minor units that earn one point"),
    MX_F_INT(loyalty_settings, available_after_ms, 0, 0, MX_INT_MAX, "wait before points may be used"),
    MX_F_INT(loyalty_settings, expires_after_ms, 0, 0, MX_INT_MAX, "life of points; 0 = for ever"),
};
MX_TYPE_REC(loyalty_settings, "loyalty.settings", "how points are earned");

struct loyalty_settings_put {
    uint64_t has;
    int64_t minor_per_point;
    int64_t available_after_ms;
    int64_t expires_after_ms;
    int64_t if_rev;
};

static const struct mx_field loyalty_settings_put_fields[] = {
    MX_F_INT(loyalty_settings_put, minor_per_point, 0, 1, MX_INT_MAX, "minor units that earn one point"),
    MX_F_INT(loyalty_settings_put, available_after_ms, 0, 0, MX_INT_MAX, "wait before points may be used"),
    MX_F_INT(loyalty_settings_put, expires_after_ms, 0, 0, MX_INT_MAX, "life of points; 0 = for ever"),
    MX_F_INT(loyalty_settings_put, if_rev, 0, 0, MX_INT_MAX, "change only this revision"),
};
MX_TYPE_HAS(loyalty_settings_put, "loyalty.settings.put", "what changes of the settings");

struct loyalty_settings_view {
    int64_t minor_per_point;
    int64_t available_after_ms;
    int64_t expires_after_ms;
    int64_t rev;
};

static const struct mx_field loyalty_settings_view_fields[] = {
    MX_F_INT(loyalty_settings_view, minor_per_point, 0, 1, MX_INT_MAX, "minor units that earn one point"),
    MX_F_INT(loyalty_settings_view, available_after_ms, 0, 0, MX_INT_MAX, "wait before points may be used"),
    MX_F_INT(loyalty_settings_view, expires_after_ms, 0, 0, MX_INT_MAX, "life of points; 0 = for ever"),
    MX_F_INT(loyalty_settings_view, rev, 0, 0, MX_INT_MAX, "revision; 0 = nobody has set anything"),
};
MX_TYPE(loyalty_settings_view, "loyalty.settings.view", "the settings as answered");

struct loyalty_settings_one {
    struct loyalty_settings_view *settings;
};

static const struct mx_field loyalty_settings_one_fields[] = {
    MX_F_STRUCT(loyalty_settings_one, settings, MX_REQUIRED, loyalty_settings_view_type, "the settings"),
};
MX_TYPE(loyalty_settings_one, "loyalty.settings.one", "the settings");

/* ---- rewards ---- */

struct loyalty_rewards_view {
    int64_t points;
    struct mx_list rewards;
    struct mx_str version;
};

static const struct mx_field loyalty_rewards_view_fields[] = {
    MX_F_INT(loyalty_rewards_view, points, 0, -MX_INT_MAX, MX_INT_MAX, "points that the member has"),
    MX_F_LIST(loyalty_rewards_view, rewards, 0, 0, 1000, mx_reward_type, "what is open to the member; its price may be above the points"),
    MX_F_STR(loyalty_rewards_view, version, 0, 0, 64, "version of the rules that answered"),
};
MX_TYPE(loyalty_rewards_view, "loyalty.rewards.view", "what a member may have for points");

/* ---- lots, balances, movements ---- */

/* Points that one run of one sold line earned, and what became of them. */
struct loyalty_lot {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str order;
    int64_t line;
    int64_t run;
    int64_t earned;
    int64_t reversed;
    int64_t spent;
    int64_t at;
    int64_t available_at;
    int64_t expires_at; /* 0 = never */
};

static const struct mx_field loyalty_lot_fields[] = {
    MX_F_ID(loyalty_lot, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_ID(loyalty_lot, order, MX_REQUIRED, "ord", "sale that earned them"),
    MX_F_INT(loyalty_lot, line, MX_REQUIRED, 1, MX_INT_MAX, "line of the sale"),
    MX_F_INT(loyalty_lot, run, MX_REQUIRED, 1, MX_INT_MAX, "run of the line"),
    MX_F_INT(loyalty_lot, earned, 0, 0, MX_INT_MAX, "points earned"),
    MX_F_INT(loyalty_lot, reversed, 0, 0, MX_INT_MAX, "of them taken back by returns"),
    MX_F_INT(loyalty_lot, spent, 0, 0, MX_INT_MAX, "of them spent"),
    MX_F_TIME(loyalty_lot, at, 0, "when they were earned"),
    MX_F_TIME(loyalty_lot, available_at, 0, "when they may be used"),
    MX_F_TIME(loyalty_lot, expires_at, 0, "when they expire; 0 = never"),
};
MX_TYPE_REC(loyalty_lot, "loyalty.lot", "points of one run of one sold line");

struct loyalty_balance {
    struct mx_rec rec;
    struct mx_str member;
    int64_t points;
    int64_t earned;
    int64_t reversed;
};

static const struct mx_field loyalty_balance_fields[] = {
    MX_F_ID(loyalty_balance, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_INT(loyalty_balance, points, 0, -MX_INT_MAX, MX_INT_MAX, "balance"),
    MX_F_INT(loyalty_balance, earned, 0, 0, MX_INT_MAX, "ever earned"),
    MX_F_INT(loyalty_balance, reversed, 0, 0, MX_INT_MAX, "ever taken back by returns"),
};
MX_TYPE_REC(loyalty_balance, "loyalty.balance", "points of a member");

static const char *const loyalty_kind_words[] = {"earn", "reverse", NULL};
#define LOYALTY_EARN    1
#define LOYALTY_REVERSE 2

struct loyalty_movement {
    struct mx_rec rec;
    int64_t seq;
    int32_t kind;
    struct mx_str member;
    struct mx_str source;
    int64_t at;
    int64_t points;
    struct mx_list parts; /* of struct mx_points_part */
};

static const struct mx_field loyalty_movement_fields[] = {
    MX_F_INT(loyalty_movement, seq, MX_REQUIRED, 1, MX_INT_MAX, "number, without gaps"),
    MX_F_ENUM(loyalty_movement, kind, 0, loyalty_kind_words, "why points moved"),
    MX_F_ID(loyalty_movement, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_STR(loyalty_movement, source, 0, 0, 64, "order or return behind it"),
    MX_F_TIME(loyalty_movement, at, 0, "when"),
    MX_F_INT(loyalty_movement, points, 0, 0, MX_INT_MAX, "how many"),
    MX_F_LIST(loyalty_movement, parts, 0, 0, LOYALTY_PARTS_MAX, mx_points_part_type, "by line and run"),
};
MX_TYPE_REC(loyalty_movement, "loyalty.movement", "points were earned or taken back");

/* ---- the balance as answered ---- */

struct loyalty_balance_ask {
    struct mx_str member;
};

static const struct mx_field loyalty_balance_ask_fields[] = {
    MX_F_ID(loyalty_balance_ask, member, MX_REQUIRED, "mem", "whose points"),
};
MX_TYPE(loyalty_balance_ask, "loyalty.balance.ask", "whose points");

struct loyalty_lot_view {
    struct mx_str order;
    int64_t line;
    int64_t run;
    int64_t earned;
    int64_t rest;
    int64_t available_at;
    int64_t expires_at;
};

static const struct mx_field loyalty_lot_view_fields[] = {
    MX_F_ID(loyalty_lot_view, order, MX_REQUIRED, "ord", "sale that earned them"),
    MX_F_INT(loyalty_lot_view, line, MX_REQUIRED, 1, MX_INT_MAX, "line of the sale"),
    MX_F_INT(loyalty_lot_view, run, MX_REQUIRED, 1, MX_INT_MAX, "run of the line"),
    MX_F_INT(loyalty_lot_view, earned, 0, 0, MX_INT_MAX, "points earned"),
    MX_F_INT(loyalty_lot_view, rest, 0, 0, MX_INT_MAX, "of them left"),
    MX_F_TIME(loyalty_lot_view, available_at, 0, "when they may be used"),
    MX_F_TIME(loyalty_lot_view, expires_at, 0, "when they expire; 0 = never"),
};
MX_TYPE(loyalty_lot_view, "loyalty.lot.view", "points of one run of one sold line");

struct loyalty_balance_view {
    int64_t points;
    struct mx_list lots;
    uint8_t more;
};

static const struct mx_field loyalty_balance_view_fields[] = {
    MX_F_INT(loyalty_balance_view, points, 0, -MX_INT_MAX, MX_INT_MAX, "balance"),
    MX_F_LIST(loyalty_balance_view, lots, 0, 0, LOYALTY_LOTS_MAX, loyalty_lot_view_type, "lots with points left, the newest first"),
    MX_F_BOOL(loyalty_balance_view, more, 0, "there are more lots than shown"),
};
MX_TYPE(loyalty_balance_view, "loyalty.balance.view", "points of a member");

/* ---- events ---- */

struct loyalty_moved {
    struct mx_str member;
    struct mx_str source;
    int64_t points;
    int64_t balance;
};

static const struct mx_field loyalty_moved_fields[] = {
    MX_F_ID(loyalty_moved, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_STR(loyalty_moved, source, 0, 0, 64, "order or return behind it"),
    MX_F_INT(loyalty_moved, points, 0, 0, MX_INT_MAX, "how many"),
    MX_F_INT(loyalty_moved, balance, 0, -MX_INT_MAX, MX_INT_MAX, "balance afterwards"),
};
MX_TYPE(loyalty_moved, "loyalty.points.moved", "points were earned or taken back");

/* ---- shared between the files ---- */

extern const struct mx_table loyalty_settings_table;
extern const struct mx_table loyalty_lots;
extern const struct mx_table loyalty_balances;
extern const struct mx_table loyalty_movements;
extern const struct mx_event_def loyalty_earned_event;
extern const struct mx_event_def loyalty_reversed_event;

mx_status loyalty_settings_put_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_settings_get_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_earn_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_reverse_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_balance_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_rewards_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_earn_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_check_balances(struct mx_ctx *ctx, mx_found_fn found, void *arg);

/* The settings as they are, or the defaults: a point for each major unit of the currency, at once and for ever. */
MX_MUST_CHECK mx_status loyalty_settings_now(struct mx_ctx *ctx, struct loyalty_settings *settings);

/* The balance, or an empty one. */
MX_MUST_CHECK mx_status loyalty_balance_of(struct mx_ctx *ctx, struct mx_str member, struct loyalty_balance *balance);

#endif
