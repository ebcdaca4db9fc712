/* What loyalty is asked and answers: structs with their field tables. */
#ifndef LOYALTY_WIRE_H
#define LOYALTY_WIRE_H

#include "merx/retail/member.h"
#include "records.h"

#define LOYALTY_LOTS_MAX 500 /* lots that a balance shows */
#define LOYALTY_PAGE     50
#define LOYALTY_PAGE_MAX 500

/* ---- settings ---- */

struct loyalty_settings_put {
    uint64_t has;
    int64_t minor_per_point;
    int64_t available_after_ms;
    int64_t expires_after_ms;
    int64_t burn_minor_per_point;
    int64_t burn_min_points;
    int64_t burn_step_points;
    int64_t burn_max_share_ppm;
    int64_t burn_max_minor;
    int64_t restore_grace_ms;
    int32_t negative;
    uint8_t earn_on_points;
    uint8_t expires_at_year_end;
    int64_t expires_after_years;
    int64_t if_rev;
};

static const struct mx_field loyalty_settings_put_fields[] = {
    MX_F_INT(loyalty_settings_put, minor_per_point, 0, 1, MX_INT_MAX, "minor units that earn one point"),
    MX_F_INT(loyalty_settings_put, available_after_ms, 0, 0, MX_INT_MAX, "wait before points may be used"),
    MX_F_INT(loyalty_settings_put, expires_after_ms, 0, 0, MX_INT_MAX, "life of points; 0 = for ever"),
    MX_F_MONEY(loyalty_settings_put, burn_minor_per_point, 0, 0, MX_INT_MAX, "what one point pays; 0 = points do not pay"),
    MX_F_INT(loyalty_settings_put, burn_min_points, 0, 0, MX_INT_MAX, "fewer points do not pay"),
    MX_F_INT(loyalty_settings_put, burn_step_points, 0, 0, MX_INT_MAX, "points pay in steps of so many"),
    MX_F_PPM(loyalty_settings_put, burn_max_share_ppm, 0, 0, MX_PPM_ONE, "share of a sale that points may pay; 0 = all of it"),
    MX_F_MONEY(loyalty_settings_put, burn_max_minor, 0, 0, MX_INT_MAX, "what points may pay of one sale; 0 = no limit"),
    MX_F_INT(loyalty_settings_put, restore_grace_ms, 0, 0, MX_INT_MAX, "life of points that had expired when they came back"),
    MX_F_ENUM(loyalty_settings_put, negative, 0, loyalty_negative_words, "when a return cannot take points back: never below zero, or owe"),
    MX_F_BOOL(loyalty_settings_put, earn_on_points, 0, "what points pay of a sale earns points too"),
    MX_F_BOOL(loyalty_settings_put, expires_at_year_end, 0, "points expire at the end of a year, by the shop's clock, instead"),
    MX_F_INT(loyalty_settings_put, expires_after_years, 0, 0, LOYALTY_YEARS_MAX,
             "of the year so many after that of the sale; 0 = of the same"),
    MX_F_INT(loyalty_settings_put, if_rev, 0, 0, MX_INT_MAX, "change only this revision"),
};
MX_TYPE_HAS(loyalty_settings_put, "loyalty.settings.put", "what changes of the settings");

struct loyalty_settings_view {
    int64_t minor_per_point;
    int64_t available_after_ms;
    int64_t expires_after_ms;
    int64_t burn_minor_per_point;
    int64_t burn_min_points;
    int64_t burn_step_points;
    int64_t burn_max_share_ppm;
    int64_t burn_max_minor;
    int64_t restore_grace_ms;
    int32_t negative;
    uint8_t earn_on_points;
    uint8_t expires_at_year_end;
    int64_t expires_after_years;
    int64_t rev;
};

static const struct mx_field loyalty_settings_view_fields[] = {
    MX_F_INT(loyalty_settings_view, minor_per_point, 0, 1, MX_INT_MAX, "minor units that earn one point"),
    MX_F_INT(loyalty_settings_view, available_after_ms, 0, 0, MX_INT_MAX, "wait before points may be used"),
    MX_F_INT(loyalty_settings_view, expires_after_ms, 0, 0, MX_INT_MAX, "life of points; 0 = for ever"),
    MX_F_MONEY(loyalty_settings_view, burn_minor_per_point, 0, 0, MX_INT_MAX, "what one point pays; 0 = points do not pay"),
    MX_F_INT(loyalty_settings_view, burn_min_points, 0, 0, MX_INT_MAX, "fewer points do not pay"),
    MX_F_INT(loyalty_settings_view, burn_step_points, 0, 0, MX_INT_MAX, "points pay in steps of so many"),
    MX_F_PPM(loyalty_settings_view, burn_max_share_ppm, 0, 0, MX_PPM_ONE, "share of a sale that points may pay; 0 = all of it"),
    MX_F_MONEY(loyalty_settings_view, burn_max_minor, 0, 0, MX_INT_MAX, "what points may pay of one sale; 0 = no limit"),
    MX_F_INT(loyalty_settings_view, restore_grace_ms, 0, 0, MX_INT_MAX, "life of points that had expired when they came back"),
    MX_F_ENUM(loyalty_settings_view, negative, 0, loyalty_negative_words, "when a return cannot take points back"),
    MX_F_BOOL(loyalty_settings_view, earn_on_points, 0, "what points pay of a sale earns points too"),
    MX_F_BOOL(loyalty_settings_view, expires_at_year_end, 0, "points expire at the end of a year, by the shop's clock, instead"),
    MX_F_INT(loyalty_settings_view, expires_after_years, 0, 0, LOYALTY_YEARS_MAX,
             "of the year so many after that of the sale; 0 = of the same"),
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
    MX_F_INT(loyalty_rewards_view, points, 0, -MX_INT_MAX, MX_INT_MAX, "points that the member may spend now"),
    MX_F_LIST(loyalty_rewards_view, rewards, 0, 0, 1000, mx_reward_type, "what is open to the member; its price may be above the points"),
    MX_F_STR(loyalty_rewards_view, version, 0, 0, 64, "version of the rules that answered"),
};
MX_TYPE(loyalty_rewards_view, "loyalty.rewards.view", "what a member may have for points");

/* ---- the balance ---- */

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
    MX_F_STR(loyalty_lot_view, order, MX_REQUIRED, 1, LOYALTY_SOURCE_MAX, "sale, or another document, that gave them"),
    MX_F_INT(loyalty_lot_view, line, 0, 0, MX_INT_MAX, "line of the sale; 0 = the document as a whole"),
    MX_F_INT(loyalty_lot_view, run, 0, 0, MX_INT_MAX, "run of the line"),
    MX_F_INT(loyalty_lot_view, earned, 0, 0, MX_INT_MAX, "points earned"),
    MX_F_INT(loyalty_lot_view, rest, 0, 0, MX_INT_MAX, "of them left"),
    MX_F_TIME(loyalty_lot_view, available_at, 0, "when they may be used"),
    MX_F_TIME(loyalty_lot_view, expires_at, 0, "when they expire; 0 = never"),
};
MX_TYPE(loyalty_lot_view, "loyalty.lot.view", "points of one run of one sold line, or of another document");

struct loyalty_balance_view {
    int64_t points;
    struct mx_list lots;
    uint8_t more;
    /* since 0.4 */
    int64_t available;
    int64_t pending;
    int64_t owed;
    int64_t expiring;
    int64_t expiring_at;
};

static const struct mx_field loyalty_balance_view_fields[] = {
    MX_F_INT(loyalty_balance_view, points, 0, -MX_INT_MAX, MX_INT_MAX, "balance: available and pending, without what is owed"),
    MX_F_LIST(loyalty_balance_view, lots, 0, 0, LOYALTY_LOTS_MAX, loyalty_lot_view_type, "lots with points left, the newest first"),
    MX_F_BOOL(loyalty_balance_view, more, 0, "there are more lots than shown"),
    MX_F_INT(loyalty_balance_view, available, 0, 0, MX_INT_MAX, "points that may be spent now"),
    MX_F_INT(loyalty_balance_view, pending, 0, 0, MX_INT_MAX, "points that may not be spent yet"),
    MX_F_INT(loyalty_balance_view, owed, 0, 0, MX_INT_MAX, "points that the shop is owed"),
    MX_F_INT(loyalty_balance_view, expiring, 0, 0, MX_INT_MAX, "points that expire next"),
    MX_F_TIME(loyalty_balance_view, expiring_at, 0, "when that is; 0 = never"),
};
MX_TYPE(loyalty_balance_view, "loyalty.balance.view", "points of a member, under all her ids");

/* ---- the movements of a member ---- */

struct loyalty_history_ask {
    struct mx_str member;
    int64_t before;
    int64_t limit;
};

static const struct mx_field loyalty_history_ask_fields[] = {
    MX_F_ID(loyalty_history_ask, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_INT(loyalty_history_ask, before, 0, 1, MX_INT_MAX, "`next` of the page before"),
    MX_F_INT(loyalty_history_ask, limit, 0, 1, LOYALTY_PAGE_MAX, "movements on a page (50)"),
};
MX_TYPE(loyalty_history_ask, "loyalty.history.ask", "whose points moved");

struct loyalty_history_row {
    int64_t seq;
    int32_t kind;
    struct mx_str member;
    struct mx_str source;
    struct mx_str reason;
    int64_t at;
    int64_t points;
};

static const struct mx_field loyalty_history_row_fields[] = {
    MX_F_INT(loyalty_history_row, seq, MX_REQUIRED, 1, MX_INT_MAX, "number of the movement"),
    MX_F_ENUM(loyalty_history_row, kind, 0, loyalty_kind_words, "why points moved"),
    MX_F_ID(loyalty_history_row, member, 0, "mem", "id under which it was written"),
    MX_F_STR(loyalty_history_row, source, 0, 0, LOYALTY_SOURCE_MAX, "document behind it"),
    MX_F_STR(loyalty_history_row, reason, 0, 0, LOYALTY_REASON_MAX, "why"),
    MX_F_TIME(loyalty_history_row, at, 0, "when"),
    MX_F_INT(loyalty_history_row, points, 0, -MX_INT_MAX, MX_INT_MAX, "what it did to the balance"),
};
MX_TYPE(loyalty_history_row, "loyalty.history.row", "points moved");

struct loyalty_history {
    struct mx_list movements;
    int64_t next;
};

static const struct mx_field loyalty_history_fields[] = {
    MX_F_LIST(loyalty_history, movements, 0, 0, LOYALTY_PAGE_MAX, loyalty_history_row_type, "movements, the newest first"),
    MX_F_INT(loyalty_history, next, 0, 0, MX_INT_MAX, "give it as `before` for the next page; 0 = that was all"),
};
MX_TYPE(loyalty_history, "loyalty.history", "how points of a member moved");

/* ---- what points could pay ---- */

struct loyalty_worth_ask {
    struct mx_str member;
    int64_t due;
};

static const struct mx_field loyalty_worth_ask_fields[] = {
    MX_F_ID(loyalty_worth_ask, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_MONEY(loyalty_worth_ask, due, MX_REQUIRED, 0, MX_INT_MAX, "what is to be paid"),
};
MX_TYPE(loyalty_worth_ask, "loyalty.worth.ask", "how much could points pay");

struct loyalty_worth {
    int64_t amount;
    int64_t points;
    int64_t available;
    int64_t minor_per_point;
};

static const struct mx_field loyalty_worth_fields[] = {
    MX_F_MONEY(loyalty_worth, amount, 0, 0, MX_INT_MAX, "what points could pay of it now"),
    MX_F_INT(loyalty_worth, points, 0, 0, MX_INT_MAX, "points that this takes"),
    MX_F_INT(loyalty_worth, available, 0, 0, MX_INT_MAX, "points that may be spent now"),
    MX_F_MONEY(loyalty_worth, minor_per_point, 0, 0, MX_INT_MAX, "what one point pays; 0 = points do not pay"),
};
MX_TYPE(loyalty_worth, "loyalty.worth", "how much points could pay");

/* ---- by hand ---- */

struct loyalty_transfer {
    struct mx_str from;
    struct mx_str to;
    int64_t points;
    struct mx_str proof;
};

static const struct mx_field loyalty_transfer_fields[] = {
    MX_F_ID(loyalty_transfer, from, MX_REQUIRED, "mem", "who gives them"),
    MX_F_ID(loyalty_transfer, to, MX_REQUIRED, "mem", "who gets them; of the same household"),
    MX_F_INT(loyalty_transfer, points, MX_REQUIRED, 1, MX_INT_MAX, "how many"),
    MX_F_STR(loyalty_transfer, proof, MX_SECRET, 0, 512, "one-time code, QR text or PIN of who gives them"),
};
MX_TYPE(loyalty_transfer, "loyalty.transfer", "points for somebody of the same household");

struct loyalty_adjust {
    struct mx_str member;
    int64_t points;
    struct mx_str reason;
};

static const struct mx_field loyalty_adjust_fields[] = {
    MX_F_ID(loyalty_adjust, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_INT(loyalty_adjust, points, MX_REQUIRED, -MX_INT_MAX, MX_INT_MAX, "how many are given, or, below zero, taken"),
    MX_F_STR(loyalty_adjust, reason, MX_REQUIRED | MX_FREE_TEXT, 1, LOYALTY_REASON_MAX, "why"),
};
MX_TYPE(loyalty_adjust, "loyalty.adjust", "points by hand");

struct loyalty_release {
    struct mx_str member;
    struct mx_str source;
};

static const struct mx_field loyalty_release_fields[] = {
    MX_F_ID(loyalty_release, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_STR(loyalty_release, source, 0, 0, LOYALTY_SOURCE_MAX, "those of this sale or document alone; absent: all"),
};
MX_TYPE(loyalty_release, "loyalty.release", "points that may be used at once");

struct loyalty_done {
    int64_t points;
    int64_t balance;
    struct mx_str source;
};

static const struct mx_field loyalty_done_fields[] = {
    MX_F_INT(loyalty_done, points, 0, -MX_INT_MAX, MX_INT_MAX, "points"),
    MX_F_INT(loyalty_done, balance, 0, -MX_INT_MAX, MX_INT_MAX, "balance afterwards"),
    MX_F_STR(loyalty_done, source, 0, 0, LOYALTY_SOURCE_MAX, "under which it stands in the books"),
};
MX_TYPE(loyalty_done, "loyalty.done", "points moved");

/* ---- what the shop owes its members ---- */

struct loyalty_liability_ask {
    int64_t at;
};

static const struct mx_field loyalty_liability_ask_fields[] = {
    MX_F_TIME(loyalty_liability_ask, at, 0, "as it was then, by what had been booked; absent: now"),
};
MX_TYPE(loyalty_liability_ask, "loyalty.liability.ask", "what is owed, or was");

struct loyalty_liability_month {
    int64_t year;
    int64_t month;
    int64_t points;
    int64_t value;
};

static const struct mx_field loyalty_liability_month_fields[] = {
    MX_F_INT(loyalty_liability_month, year, 0, 0, 9999, "year; 0 = they never expire"),
    MX_F_INT(loyalty_liability_month, month, 0, 0, 12, "month in which they expire"),
    MX_F_INT(loyalty_liability_month, points, 0, 0, MX_INT_MAX, "points"),
    MX_F_MONEY(loyalty_liability_month, value, 0, 0, MX_INT_MAX, "what they would pay"),
};
MX_TYPE(loyalty_liability_month, "loyalty.liability.month", "points by the month in which they expire");

struct loyalty_liability {
    int64_t points;
    int64_t available;
    int64_t pending;
    int64_t owed;
    int64_t unbooked;
    int64_t value;
    int64_t lots;
    struct mx_list months;
    int64_t at;
};

static const struct mx_field loyalty_liability_fields[] = {
    MX_F_INT(loyalty_liability, points, 0, 0, MX_INT_MAX, "points that members may spend, now or later"),
    MX_F_INT(loyalty_liability, available, 0, 0, MX_INT_MAX, "of them now"),
    MX_F_INT(loyalty_liability, pending, 0, 0, MX_INT_MAX, "of them later"),
    MX_F_INT(loyalty_liability, owed, 0, 0, MX_INT_MAX,
             "points that members owe the shop; points - owed + unbooked is the sum of all balances"),
    MX_F_INT(loyalty_liability, unbooked, 0, 0, MX_INT_MAX, "points that are expired and not booked as such yet"),
    MX_F_MONEY(loyalty_liability, value, 0, 0, MX_INT_MAX, "what the points would pay"),
    MX_F_INT(loyalty_liability, lots, 0, 0, MX_INT_MAX, "lots with points left"),
    MX_F_LIST(loyalty_liability, months, 0, 0, 2400, loyalty_liability_month_type, "by the month in which they expire"),
    MX_F_TIME(loyalty_liability, at, 0, "as of when"),
};
MX_TYPE(loyalty_liability, "loyalty.liability", "what the shop owes its members in points");

/* ---- events ---- */

struct loyalty_moved {
    struct mx_str member;
    struct mx_str source;
    int64_t points;
    int64_t balance;
};

static const struct mx_field loyalty_moved_fields[] = {
    MX_F_ID(loyalty_moved, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_STR(loyalty_moved, source, 0, 0, LOYALTY_SOURCE_MAX, "document behind it"),
    MX_F_INT(loyalty_moved, points, 0, 0, MX_INT_MAX, "how many"),
    MX_F_INT(loyalty_moved, balance, 0, -MX_INT_MAX, MX_INT_MAX, "balance afterwards"),
};
MX_TYPE(loyalty_moved, "loyalty.points.moved", "points were earned or taken back");

struct loyalty_changed {
    struct mx_str member;
    int32_t kind;
    struct mx_str source;
    int64_t points;
    int64_t balance;
};

static const struct mx_field loyalty_changed_fields[] = {
    MX_F_ID(loyalty_changed, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_ENUM(loyalty_changed, kind, 0, loyalty_kind_words, "why they moved"),
    MX_F_STR(loyalty_changed, source, 0, 0, LOYALTY_SOURCE_MAX, "document behind it"),
    MX_F_INT(loyalty_changed, points, 0, 0, MX_INT_MAX, "how many"),
    MX_F_INT(loyalty_changed, balance, 0, -MX_INT_MAX, MX_INT_MAX, "balance afterwards, under this id"),
};
MX_TYPE(loyalty_changed, "loyalty.points.changed", "points moved otherwise than by sale and return");

#endif
