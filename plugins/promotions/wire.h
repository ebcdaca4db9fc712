/* What the operations of coupons, limits and groups take and answer. */
#ifndef PROMOTIONS_WIRE_H
#define PROMOTIONS_WIRE_H

#include "records.h"

#define PROMOTIONS_LIST_MAX 500
#define PROMOTIONS_LIST     100

/* ---- coupons ---- */

struct coupon_issue {
    uint64_t has;
    struct mx_str rule;
    struct mx_str member;
    int64_t uses;
    int64_t from;
    int64_t until;
    uint8_t code;
};

static const struct mx_field coupon_issue_fields[] = {
    MX_F_STR(coupon_issue, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion that it is for"),
    MX_F_ID(coupon_issue, member, 0, "mem", "whose it will be; absent: whoever has the code"),
    MX_F_INT(coupon_issue, uses, 0, 1, PROMOTIONS_USES_MAX, "how often it may be used; 1 when left out"),
    MX_F_TIME(coupon_issue, from, 0, "usable from; at once when left out"),
    MX_F_TIME(coupon_issue, until, 0, "usable before; without end when left out"),
    MX_F_BOOL(coupon_issue, code, 0, "make a code also for a member's coupon, to be fetched with promotions.coupon.reveal"),
};
MX_TYPE_HAS(coupon_issue, "promotions.coupon.issue", "a new coupon");

struct coupon_ask {
    struct mx_str id;
};

static const struct mx_field coupon_ask_fields[] = {
    MX_F_ID(coupon_ask, id, MX_REQUIRED, "cpn", "the coupon's id"),
};
MX_TYPE(coupon_ask, "promotions.coupon.ask", "a coupon by its id");

struct coupon_view {
    struct mx_str id;
    struct mx_str rule;
    struct mx_str batch;
    struct mx_str group;
    struct mx_str member;
    struct mx_str label;
    int32_t state;
    struct mx_str why;
    int64_t uses_max;
    int64_t uses;
    int64_t from;
    int64_t until;
    int64_t voided;
    int64_t created;
};

static const struct mx_field coupon_view_fields[] = {
    MX_F_ID(coupon_view, id, MX_REQUIRED, "cpn", "id"),
    MX_F_STR(coupon_view, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion that it is for"),
    MX_F_ID(coupon_view, batch, 0, "bat", "batch that it was made in"),
    MX_F_STR(coupon_view, group, 0, 0, 64, "group-buy or bargain that it belongs to"),
    MX_F_ID(coupon_view, member, 0, "mem", "whose it is; absent: whoever has the code"),
    MX_F_STR(coupon_view, label, 0, 0, 4, "last characters of its code"),
    MX_F_ENUM(coupon_view, state, 0, mx_coupon_state_words, "state, for whoever it belongs to"),
    MX_F_STR(coupon_view, why, 0, 0, 200, "the same as a sentence"),
    MX_F_INT(coupon_view, uses_max, 0, 0, PROMOTIONS_USES_MAX, "how often it may be used"),
    MX_F_INT(coupon_view, uses, 0, 0, PROMOTIONS_USES_MAX, "how often it was"),
    MX_F_TIME(coupon_view, from, 0, "usable from"),
    MX_F_TIME(coupon_view, until, 0, "usable before; 0 = no end"),
    MX_F_TIME(coupon_view, voided, 0, "when it was declared void"),
    MX_F_TIME(coupon_view, created, 0, "when it was issued"),
};
MX_TYPE(coupon_view, "promotions.coupon", "a coupon, without its code");

struct coupon_one {
    struct coupon_view *coupon;
};

static const struct mx_field coupon_one_fields[] = {
    MX_F_STRUCT(coupon_one, coupon, MX_REQUIRED, coupon_view_type, "the coupon"),
};
MX_TYPE(coupon_one, "promotions.coupon.one", "a coupon, without its code");

struct coupon_shown {
    struct mx_str id;
    struct mx_str code;
};

static const struct mx_field coupon_shown_fields[] = {
    MX_F_ID(coupon_shown, id, MX_REQUIRED, "cpn", "id"),
    MX_F_STR(coupon_shown, code, 0, 0, 32, "the code; it is shown this once"),
};
MX_TYPE(coupon_shown, "promotions.coupon.shown", "a fresh code, shown once");

struct coupon_list {
    struct mx_str rule;
    struct mx_str member;
    struct mx_str batch;
    int64_t limit;
    struct mx_str after;
};

static const struct mx_field coupon_list_fields[] = {
    MX_F_STR(coupon_list, rule, 0, 0, PROMOTIONS_RULE_MAX, "only those of this promotion"),
    MX_F_ID(coupon_list, member, 0, "mem", "only this member's"),
    MX_F_ID(coupon_list, batch, 0, "bat", "only those of this batch"),
    MX_F_INT(coupon_list, limit, 0, 0, PROMOTIONS_LIST_MAX, "at most so many; 100 when left out"),
    MX_F_STR(coupon_list, after, 0, 1, 2000, "`next` of the page before"),
};
MX_TYPE(coupon_list, "promotions.coupon.list", "which coupons: at most one of rule, member, batch");

struct coupon_page {
    struct mx_list coupons;
    struct mx_str next;
};

static const struct mx_field coupon_page_fields[] = {
    MX_F_LIST(coupon_page, coupons, 0, 0, PROMOTIONS_LIST_MAX, coupon_view_type, "coupons"),
    MX_F_STR(coupon_page, next, 0, 0, 2000, "`after` of the next page; absent: no more"),
};
MX_TYPE(coupon_page, "promotions.coupon.page", "coupons");

/* Marked as personal so that codes are posted, never written into an address. */
struct coupon_check {
    struct mx_list codes;
    struct mx_str member;
    struct mx_str held;
};

static const struct mx_field coupon_check_fields[] = {
    MX_F_STRS(coupon_check, codes, MX_REQUIRED | MX_PII, 1, MX_COUPONS_MAX, "codes as typed or scanned, or ids of the member's own"),
    MX_F_ID(coupon_check, member, 0, "mem", "member at the till"),
    MX_F_ID(coupon_check, held, 0, "crt", "held cart that they are for"),
};
MX_TYPE(coupon_check, "promotions.coupon.check", "what are these coupons worth");

struct coupon_checked {
    int64_t place;
    int32_t state;
    struct mx_str why;
    struct mx_str coupon;
    struct mx_str rule;
    uint8_t personal;
    int64_t from;
    int64_t until;
    int64_t left;
    int64_t joined;
    int64_t missing;
    int64_t amount;
};

static const struct mx_field coupon_checked_fields[] = {
    MX_F_INT(coupon_checked, place, MX_REQUIRED, 1, MX_COUPONS_MAX, "place in the request, from 1"),
    MX_F_ENUM(coupon_checked, state, MX_REQUIRED, mx_coupon_state_words, "what is said of it"),
    MX_F_STR(coupon_checked, why, 0, 0, 200, "what to tell the customer"),
    MX_F_ID(coupon_checked, coupon, 0, "cpn", "issued coupon"),
    MX_F_STR(coupon_checked, rule, 0, 0, PROMOTIONS_RULE_MAX, "promotion that it is for"),
    MX_F_BOOL(coupon_checked, personal, 0, "it is for one member"),
    MX_F_TIME(coupon_checked, from, 0, "usable from"),
    MX_F_TIME(coupon_checked, until, 0, "usable before; 0 = no end"),
    MX_F_INT(coupon_checked, left, 0, 0, PROMOTIONS_USES_MAX, "uses that are left"),
    MX_F_INT(coupon_checked, joined, 0, 0, MX_INT_MAX, "how many joined or helped"),
    MX_F_INT(coupon_checked, missing, 0, 0, MX_INT_MAX, "how many the group still lacks"),
    MX_F_MONEY(coupon_checked, amount, 0, 0, MX_INT_MAX, "bargain: what helpers took off so far"),
};
MX_TYPE(coupon_checked, "promotions.coupon.checked", "what is said of one code");

struct coupon_checks {
    struct mx_list said;
};

static const struct mx_field coupon_checks_fields[] = {
    MX_F_LIST(coupon_checks, said, 0, 0, MX_COUPONS_MAX, coupon_checked_type, "by code, in order"),
};
MX_TYPE(coupon_checks, "promotions.coupon.checks", "what coupons are worth");

/* ---- batches ---- */

struct batch_make {
    uint64_t has;
    struct mx_str rule;
    int64_t count;
    int64_t uses;
    int64_t from;
    int64_t until;
    struct mx_str note;
};

static const struct mx_field batch_make_fields[] = {
    MX_F_STR(batch_make, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion that they are for"),
    MX_F_INT(batch_make, count, MX_REQUIRED, 1, PROMOTIONS_BATCH_MAX, "how many coupons"),
    MX_F_INT(batch_make, uses, 0, 1, PROMOTIONS_USES_MAX, "how often each may be used; 1 when left out"),
    MX_F_TIME(batch_make, from, 0, "usable from; at once when left out"),
    MX_F_TIME(batch_make, until, 0, "usable before; without end when left out"),
    MX_F_STR(batch_make, note, MX_FREE_TEXT, 0, 200, "what it is for"),
};
MX_TYPE_HAS(batch_make, "promotions.batch.make", "many coupons at once");

struct batch_ask {
    struct mx_str id;
};

static const struct mx_field batch_ask_fields[] = {
    MX_F_ID(batch_ask, id, MX_REQUIRED, "bat", "the batch's id"),
};
MX_TYPE(batch_ask, "promotions.batch.ask", "a batch by its id");

static const char *const batch_state_words[] = {"making", "ready", "void", NULL};

struct batch_view {
    struct mx_str id;
    struct mx_str rule;
    struct mx_str note;
    int32_t state;
    int64_t count;
    int64_t made;
    int64_t shown;
    int64_t uses_max;
    int64_t from;
    int64_t until;
    int64_t voided;
    int64_t created;
    int64_t forgotten;
};

static const struct mx_field batch_view_fields[] = {
    MX_F_ID(batch_view, id, MX_REQUIRED, "bat", "id"),
    MX_F_STR(batch_view, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion that they are for"),
    MX_F_STR(batch_view, note, 0, 0, 200, "what it is for"),
    MX_F_ENUM(batch_view, state, 0, batch_state_words, "state"),
    MX_F_INT(batch_view, count, 0, 0, PROMOTIONS_BATCH_MAX, "coupons wanted"),
    MX_F_INT(batch_view, made, 0, 0, PROMOTIONS_BATCH_MAX, "coupons made so far"),
    MX_F_INT(batch_view, shown, 0, 0, PROMOTIONS_BATCH_MAX, "codes handed out"),
    MX_F_INT(batch_view, uses_max, 0, 0, PROMOTIONS_USES_MAX, "how often each may be used"),
    MX_F_TIME(batch_view, from, 0, "usable from"),
    MX_F_TIME(batch_view, until, 0, "usable before; 0 = no end"),
    MX_F_TIME(batch_view, voided, 0, "when it was declared void"),
    MX_F_TIME(batch_view, created, 0, "when it was asked for"),
    MX_F_TIME(batch_view, forgotten, 0, "when codes that nobody fetched were destroyed"),
};
MX_TYPE(batch_view, "promotions.batch", "coupons made together");

struct batch_one {
    struct batch_view *batch;
};

static const struct mx_field batch_one_fields[] = {
    MX_F_STRUCT(batch_one, batch, MX_REQUIRED, batch_view_type, "the batch"),
};
MX_TYPE(batch_one, "promotions.batch.one", "a batch");

struct batch_list {
    int64_t limit;
    struct mx_str after;
};

static const struct mx_field batch_list_fields[] = {
    MX_F_INT(batch_list, limit, 0, 0, PROMOTIONS_LIST_MAX, "at most so many; 100 when left out"),
    MX_F_STR(batch_list, after, 0, 1, 2000, "`next` of the page before"),
};
MX_TYPE(batch_list, "promotions.batch.list", "a page of batches, the newest first");

struct batch_page {
    struct mx_list batches;
    struct mx_str next;
};

static const struct mx_field batch_page_fields[] = {
    MX_F_LIST(batch_page, batches, 0, 0, PROMOTIONS_LIST_MAX, batch_view_type, "batches"),
    MX_F_STR(batch_page, next, 0, 0, 2000, "`after` of the next page; absent: no more"),
};
MX_TYPE(batch_page, "promotions.batch.page", "batches");

struct batch_codes {
    struct mx_str id;
    struct mx_list codes;
    int64_t page;
    int64_t left;
};

static const struct mx_field batch_codes_fields[] = {
    MX_F_ID(batch_codes, id, MX_REQUIRED, "bat", "id"),
    MX_F_STRS(batch_codes, codes, 0, 0, PROMOTIONS_PAGE, "the next codes; they are shown this once"),
    MX_F_INT(batch_codes, page, 0, 1, PROMOTIONS_BATCH_MAX, "number of this page"),
    MX_F_INT(batch_codes, left, 0, 0, PROMOTIONS_BATCH_MAX, "codes that wait behind it; ask again until it is 0"),
};
MX_TYPE(batch_codes, "promotions.batch.codes", "codes of a batch, shown once");

/* ---- limits ---- */

struct limits_ask {
    struct mx_str rule;
    int64_t limit;
    struct mx_str after;
};

static const struct mx_field limits_ask_fields[] = {
    MX_F_STR(limits_ask, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion"),
    MX_F_INT(limits_ask, limit, 0, 0, PROMOTIONS_LIST_MAX, "at most so many; 100 when left out"),
    MX_F_STR(limits_ask, after, 0, 1, 2000, "`next` of the page before"),
};
MX_TYPE(limits_ask, "promotions.limits.ask", "what was used up of a promotion");

struct limit_view {
    int32_t scope;
    struct mx_str member;
    int64_t day;
    int64_t uses;
    int64_t units;
    int64_t amount;
};

static const struct mx_field limit_view_fields[] = {
    MX_F_ENUM(limit_view, scope, MX_REQUIRED, mx_limit_scope_words, "over what it is counted"),
    MX_F_STR(limit_view, member, 0, 0, 64, "member, when counted by member"),
    MX_F_INT(limit_view, day, 0, 0, MX_INT_MAX, "day such as 20261231, when counted by day"),
    MX_F_INT(limit_view, uses, 0, 0, MX_INT_MAX, "times"),
    MX_F_QTY(limit_view, units, 0, 0, MX_INT_MAX, "units that got something off"),
    MX_F_MONEY(limit_view, amount, 0, 0, MX_INT_MAX, "what came off, or points given"),
};
MX_TYPE(limit_view, "promotions.limit", "what was used up in one scope");

struct limits_page {
    struct mx_list counters;
    struct mx_str next;
};

static const struct mx_field limits_page_fields[] = {
    MX_F_LIST(limits_page, counters, 0, 0, PROMOTIONS_LIST_MAX, limit_view_type, "counters: total, by day, by member, by member and day"),
    MX_F_STR(limits_page, next, 0, 0, 2000, "`after` of the next page; absent: no more"),
};
MX_TYPE(limits_page, "promotions.limits.page", "what was used up of a promotion");

/* ---- events ---- */

struct coupon_told {
    struct mx_str coupon;
    struct mx_str rule;
    struct mx_str member;
};

static const struct mx_field coupon_told_fields[] = {
    MX_F_ID(coupon_told, coupon, MX_REQUIRED, "cpn", "coupon"),
    MX_F_STR(coupon_told, rule, 0, 0, PROMOTIONS_RULE_MAX, "promotion"),
    MX_F_ID(coupon_told, member, 0, "mem", "whose it is"),
};
MX_TYPE(coupon_told, "promotions.coupon.told", "something happened to a coupon");

struct batch_told {
    struct mx_str batch;
    struct mx_str rule;
    int64_t count;
};

static const struct mx_field batch_told_fields[] = {
    MX_F_ID(batch_told, batch, MX_REQUIRED, "bat", "batch"),
    MX_F_STR(batch_told, rule, 0, 0, PROMOTIONS_RULE_MAX, "promotion"),
    MX_F_INT(batch_told, count, 0, 0, PROMOTIONS_BATCH_MAX, "coupons"),
};
MX_TYPE(batch_told, "promotions.batch.told", "something happened to a batch");

extern const struct mx_event_def promotions_coupon_issued, promotions_coupon_voided, promotions_batch_made, promotions_batch_voided;

#endif
