/* What rules.backtest is asked and answers. */
#ifndef SCRIPT_BACKTEST_WIRE_H
#define SCRIPT_BACKTEST_WIRE_H

#include "merx/retail/past.h"

#define BACKTEST_LARGEST 20
#define BACKTEST_ROWS    20000

static const char *const backtest_against_words[] = {"recorded", "live", NULL};
#define BACKTEST_RECORDED 1
#define BACKTEST_LIVE     2

struct backtest_ask {
    struct mx_str draft;
    int64_t from;
    int64_t to;
    struct mx_str from_day;
    struct mx_str to_day;
    struct mx_str location;
    int32_t against;
    uint8_t imported;
};
static const struct mx_field backtest_ask_fields[] = {
    MX_F_ID(backtest_ask, draft, MX_REQUIRED, "rds", "draft whose rules are tried"),
    MX_F_TIME(backtest_ask, from, 0, "receipts sold at this moment or later"),
    MX_F_TIME(backtest_ask, to, 0, "receipts sold before this moment"),
    MX_F_STR(backtest_ask, from_day, 0, 10, 10, "the same as a day of the shop's calendar: 2026-11-01"),
    MX_F_STR(backtest_ask, to_day, 0, 10, 10, "the last day, included"),
    MX_F_STR(backtest_ask, location, 0, 0, MX_CODE_MAX, "only receipts of this location"),
    MX_F_ENUM(backtest_ask, against, 0, backtest_against_words,
              "what it is compared with: what the receipts cost (absent), or what they would cost with the rules in force"),
    MX_F_BOOL(backtest_ask, imported, 0, "prices set by hand count as base prices on all receipts, as they do on imported ones"),
};
MX_TYPE(backtest_ask, "rules.backtest.ask", "which rules are tried on which receipts");

struct backtest_rule_row {
    struct mx_str rule;
    int64_t receipts;
    int64_t discount;
    int64_t points;
};
static const struct mx_field backtest_rule_row_fields[] = {
    MX_F_STR(backtest_rule_row, rule, MX_REQUIRED, 1, 64, "rule"),
    MX_F_INT(backtest_rule_row, receipts, MX_REQUIRED, 0, MX_INT_MAX, "receipts on which it applies"),
    MX_F_MONEY(backtest_rule_row, discount, MX_REQUIRED, 0, MX_INT_MAX, "what it takes off all of them"),
    MX_F_INT(backtest_rule_row, points, 0, 0, MX_INT_MAX, "points that it gives as a number"),
};
MX_TYPE(backtest_rule_row, "rules.backtest.rule", "what one rule would have done");

struct backtest_part {
    struct mx_str name;
    int64_t receipts;
    int64_t changed;
    int64_t dearer;
    int64_t discount_before;
    int64_t discount_after;
};
static const struct mx_field backtest_part_fields[] = {
    MX_F_STR(backtest_part, name, 0, 0, 64, "its name; empty: guests"),
    MX_F_INT(backtest_part, receipts, MX_REQUIRED, 0, MX_INT_MAX, "receipts"),
    MX_F_INT(backtest_part, changed, MX_REQUIRED, 0, MX_INT_MAX, "that would cost something else"),
    MX_F_INT(backtest_part, dearer, MX_REQUIRED, 0, MX_INT_MAX, "that would cost more"),
    MX_F_MONEY(backtest_part, discount_before, MX_REQUIRED, 0, MX_INT_MAX, "discounts as they were"),
    MX_F_MONEY(backtest_part, discount_after, MX_REQUIRED, 0, MX_INT_MAX, "discounts as they would be"),
};
MX_TYPE(backtest_part, "rules.backtest.part", "a part of the receipts");

struct backtest_large {
    struct mx_str order;
    struct mx_str number;
    int64_t at;
    int64_t total_before;
    int64_t total_after;
    struct mx_list rules; /* of struct mx_discount */
};
static const struct mx_field backtest_large_fields[] = {
    MX_F_ID(backtest_large, order, MX_REQUIRED, "ord", "order"),
    MX_F_STR(backtest_large, number, 0, 0, 64, "number on the receipt"),
    MX_F_TIME(backtest_large, at, MX_REQUIRED, "when it was sold"),
    MX_F_MONEY(backtest_large, total_before, MX_REQUIRED, 0, MX_INT_MAX, "what it cost"),
    MX_F_MONEY(backtest_large, total_after, MX_REQUIRED, 0, MX_INT_MAX, "what it would cost"),
    MX_F_LIST(backtest_large, rules, 0, 0, MX_INT_MAX, mx_discount_type, "what each rule would take off"),
};
MX_TYPE(backtest_large, "rules.backtest.large", "a receipt that would change much");

struct backtest_out {
    struct mx_str rule;
    struct mx_str limit;
    int64_t max;
    int64_t at;
    struct mx_str day;
    int64_t days;
    int64_t receipts;
};
static const struct mx_field backtest_out_fields[] = {
    MX_F_STR(backtest_out, rule, MX_REQUIRED, 1, 64, "rule"),
    MX_F_STR(backtest_out, limit, MX_REQUIRED, 1, 40, "its limit: total money, day uses ..."),
    MX_F_INT(backtest_out, max, MX_REQUIRED, 0, MX_INT_MAX, "at most so much"),
    MX_F_TIME(backtest_out, at, MX_REQUIRED, "receipt with which it ran out, for the first time"),
    MX_F_STR(backtest_out, day, MX_REQUIRED, 10, 10, "day there"),
    MX_F_INT(backtest_out, days, MX_REQUIRED, 0, MX_INT_MAX, "days on which there was nothing left"),
    MX_F_INT(backtest_out, receipts, MX_REQUIRED, 0, MX_INT_MAX, "receipts that got less for want of it"),
};
MX_TYPE(backtest_out, "rules.backtest.out", "a limit that ran out");

struct backtest_fault {
    struct mx_str rule;
    struct mx_str message;
    int64_t receipts;
};
static const struct mx_field backtest_fault_fields[] = {
    MX_F_STR(backtest_fault, rule, MX_REQUIRED, 1, 64, "rule"),
    MX_F_STR(backtest_fault, message, 0, 0, 400, "what went wrong first, with file and line"),
    MX_F_INT(backtest_fault, receipts, MX_REQUIRED, 0, MX_INT_MAX, "receipts on which it failed"),
};
MX_TYPE(backtest_fault, "rules.backtest.fault", "a rule that failed");

struct backtest_report {
    struct mx_str version;
    struct mx_str currency;
    int64_t digits;
    int64_t receipts;
    int64_t seconds;
    int64_t ms;
    int64_t first_at;
    int64_t last_at;
    int64_t total_before;
    int64_t total_after;
    int64_t discount_before;
    int64_t discount_after;
    int64_t margin_before;
    int64_t margin_after;
    int64_t margin_receipts;
    int64_t changed;
    int64_t dearer;
    int64_t cheaper;
    int64_t refused;
    struct mx_list largest;
    struct mx_list by_rule;
    struct mx_list by_segment;
    struct mx_list by_tier;
    struct mx_list by_location;
    struct mx_list budget_out;
    struct mx_list faults;
};
static const struct mx_field backtest_report_fields[] = {
    MX_F_STR(backtest_report, version, 0, 0, 64, "version of the rules that were tried"),
    MX_F_STR(backtest_report, currency, 0, 0, 3, "currency of all amounts"),
    MX_F_INT(backtest_report, digits, 0, 0, 6, "its digits"),
    MX_F_INT(backtest_report, receipts, MX_REQUIRED, 0, MX_INT_MAX, "receipts that were priced again"),
    MX_F_INT(backtest_report, seconds, MX_REQUIRED, 0, MX_INT_MAX, "how long it took, rounded up"),
    MX_F_INT(backtest_report, ms, MX_REQUIRED, 0, MX_INT_MAX, "how long it took, milliseconds"),
    MX_F_TIME(backtest_report, first_at, 0, "first receipt"),
    MX_F_TIME(backtest_report, last_at, 0, "last receipt"),
    MX_F_MONEY(backtest_report, total_before, MX_REQUIRED, 0, MX_INT_MAX, "what all receipts cost"),
    MX_F_MONEY(backtest_report, total_after, MX_REQUIRED, 0, MX_INT_MAX, "what they would cost"),
    MX_F_MONEY(backtest_report, discount_before, MX_REQUIRED, 0, MX_INT_MAX, "discounts as they were"),
    MX_F_MONEY(backtest_report, discount_after, MX_REQUIRED, 0, MX_INT_MAX, "discounts as they would be"),
    MX_F_MONEY(backtest_report, margin_before, MX_REQUIRED, -MX_INT_MAX, MX_INT_MAX, "paid less tax less cost"),
    MX_F_MONEY(backtest_report, margin_after, MX_REQUIRED, -MX_INT_MAX, MX_INT_MAX, "the same as it would be"),
    MX_F_INT(backtest_report, margin_receipts, MX_REQUIRED, 0, MX_INT_MAX, "receipts in both margins: the cost of all goods is known"),
    MX_F_INT(backtest_report, changed, MX_REQUIRED, 0, MX_INT_MAX, "receipts that would cost something else"),
    MX_F_INT(backtest_report, dearer, MX_REQUIRED, 0, MX_INT_MAX, "receipts that would cost more"),
    MX_F_INT(backtest_report, cheaper, MX_REQUIRED, 0, MX_INT_MAX, "receipts that would cost less"),
    MX_F_INT(backtest_report, refused, 0, 0, MX_INT_MAX, "receipts that could not be priced"),
    MX_F_LIST(backtest_report, largest, MX_REQUIRED, 0, BACKTEST_LARGEST, backtest_large_type, "receipts that change most"),
    MX_F_LIST(backtest_report, by_rule, MX_REQUIRED, 0, BACKTEST_ROWS, backtest_rule_row_type, "by rule, the dearest first"),
    MX_F_LIST(backtest_report, by_segment, MX_REQUIRED, 0, BACKTEST_ROWS, backtest_part_type, "by segment of members"),
    MX_F_LIST(backtest_report, by_tier, MX_REQUIRED, 0, BACKTEST_ROWS, backtest_part_type, "by tier"),
    MX_F_LIST(backtest_report, by_location, MX_REQUIRED, 0, BACKTEST_ROWS, backtest_part_type, "by location"),
    MX_F_LIST(backtest_report, budget_out, MX_REQUIRED, 0, BACKTEST_ROWS, backtest_out_type, "limits of all carts that ran out"),
    MX_F_LIST(backtest_report, faults, MX_REQUIRED, 0, BACKTEST_ROWS, backtest_fault_type, "rules that failed"),
};
MX_TYPE(backtest_report, "rules.backtest.report", "what rules would have made of past receipts");

#endif
