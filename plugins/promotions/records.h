/* What the promotions plugin keeps: coupons, batches, groups, campaigns, counters and the ledger of uses. */
#ifndef PROMOTIONS_RECORDS_H
#define PROMOTIONS_RECORDS_H

#include "merx/plugin.h"
#include "merx/retail/coupon.h"

#define PROMOTIONS_BATCH_MAX 100000 /* coupons of one batch */
#define PROMOTIONS_PAGE      200    /* codes that are made, and shown, at a time */
#define PROMOTIONS_USES_MAX  1000000
#define PROMOTIONS_RULE_MAX  64
#define PROMOTIONS_HASH_TEXT 32 /* hexadecimal digits of a stored code hash */

/* ---- coupons ---- */

/* A coupon. Its state follows from it, from its batch or group, and from reservations; the code itself is stored nowhere. */
struct promotion_coupon {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str rule;
    struct mx_str batch;
    struct mx_str group;
    struct mx_str member; /* empty: whoever has the code */
    struct mx_str hash;   /* of the code, keyed; empty: it has none */
    struct mx_str label;  /* last four characters of the code */
    int64_t uses_max;
    int64_t uses;
    int64_t from;
    int64_t until; /* 0 = no end */
    int64_t voided;
    int64_t created;
};

static const struct mx_field promotion_coupon_fields[] = {
    MX_F_ID(promotion_coupon, id, MX_REQUIRED, "cpn", "id"),
    MX_F_STR(promotion_coupon, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion that it is for"),
    MX_F_ID(promotion_coupon, batch, 0, "bat", "batch that it was made in"),
    MX_F_STR(promotion_coupon, group, 0, 0, 64, "group-buy or bargain that it belongs to"),
    MX_F_ID(promotion_coupon, member, 0, "mem", "whose it is; absent: whoever has the code"),
    MX_F_STR(promotion_coupon, hash, 0, 0, PROMOTIONS_HASH_TEXT, "keyed hash of its code"),
    MX_F_STR(promotion_coupon, label, 0, 0, 4, "last characters of its code"),
    MX_F_INT(promotion_coupon, uses_max, 0, 1, PROMOTIONS_USES_MAX, "how often it may be used"),
    MX_F_INT(promotion_coupon, uses, 0, 0, PROMOTIONS_USES_MAX, "how often it was"),
    MX_F_TIME(promotion_coupon, from, 0, "usable from"),
    MX_F_TIME(promotion_coupon, until, 0, "usable before; 0 = no end"),
    MX_F_TIME(promotion_coupon, voided, 0, "when it was declared void"),
    MX_F_TIME(promotion_coupon, created, 0, "when it was issued"),
};
MX_TYPE_REC(promotion_coupon, "promotions.coupon.record", "a coupon");

/* One use of a coupon set aside for a held cart. */
struct promotion_reservation {
    struct mx_rec rec;
    struct mx_str coupon;
    struct mx_str held;
    int64_t until;
};

static const struct mx_field promotion_reservation_fields[] = {
    MX_F_ID(promotion_reservation, coupon, MX_REQUIRED, "cpn", "coupon"),
    MX_F_ID(promotion_reservation, held, MX_REQUIRED, "crt", "held cart"),
    MX_F_TIME(promotion_reservation, until, 0, "until when"),
};
MX_TYPE_REC(promotion_reservation, "promotions.reservation.record", "a coupon set aside for a held cart");

/* ---- batches, and codes on their way to whoever asked for them ---- */

struct promotion_batch {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str rule;
    struct mx_str note;
    int64_t count;
    int64_t made;
    int64_t shown; /* codes that were handed out */
    int64_t uses_max;
    int64_t from;
    int64_t until;
    int64_t voided;
    int64_t created;
    int64_t forgotten; /* when codes that nobody fetched were destroyed */
};

static const struct mx_field promotion_batch_fields[] = {
    MX_F_ID(promotion_batch, id, MX_REQUIRED, "bat", "id"),
    MX_F_STR(promotion_batch, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion that it is for"),
    MX_F_STR(promotion_batch, note, 0, 0, 200, "what it is for"),
    MX_F_INT(promotion_batch, count, 0, 1, PROMOTIONS_BATCH_MAX, "coupons wanted"),
    MX_F_INT(promotion_batch, made, 0, 0, PROMOTIONS_BATCH_MAX, "coupons made so far"),
    MX_F_INT(promotion_batch, shown, 0, 0, PROMOTIONS_BATCH_MAX, "codes handed out"),
    MX_F_INT(promotion_batch, uses_max, 0, 1, PROMOTIONS_USES_MAX, "how often each may be used"),
    MX_F_TIME(promotion_batch, from, 0, "usable from"),
    MX_F_TIME(promotion_batch, until, 0, "usable before; 0 = no end"),
    MX_F_TIME(promotion_batch, voided, 0, "when it was declared void"),
    MX_F_TIME(promotion_batch, created, 0, "when it was asked for"),
    MX_F_TIME(promotion_batch, forgotten, 0, "when codes that nobody fetched were destroyed"),
};
MX_TYPE_REC(promotion_batch, "promotions.batch.record", "coupons made together");

/* What codes come from until they are shown: a coupon's code, or the seed of a batch's next page; sealed. */
struct promotion_secret {
    struct mx_rec rec;
    struct mx_str id; /* of the coupon or batch */
    struct mx_str sealed;
    int64_t page; /* of a batch: the next one to be shown */
};

static const struct mx_field promotion_secret_fields[] = {
    MX_F_STR(promotion_secret, id, MX_REQUIRED, 1, 64, "coupon or batch"),
    MX_F_STR(promotion_secret, sealed, 0, 0, 400, "what its codes come from, sealed"),
    MX_F_INT(promotion_secret, page, 0, 0, PROMOTIONS_BATCH_MAX, "page of codes that is shown next"),
};
MX_TYPE_REC(promotion_secret, "promotions.secret.record", "codes that wait to be shown once");

/* ---- counters and their ledger ---- */

/* What a rule used up in one scope. `who` and `day` are empty and 0 where the scope does not ask for them. */
struct promotion_counter {
    struct mx_rec rec;
    struct mx_str rule;
    int32_t scope;
    struct mx_str who;
    int64_t day; /* 20261231 */
    int64_t uses;
    int64_t units;
    int64_t amount;
};

static const struct mx_field promotion_counter_fields[] = {
    MX_F_STR(promotion_counter, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "rule"),
    MX_F_ENUM(promotion_counter, scope, MX_REQUIRED, mx_limit_scope_words, "over what it is counted"),
    MX_F_STR(promotion_counter, who, 0, 0, 64, "member"),
    MX_F_INT(promotion_counter, day, 0, 0, MX_INT_MAX, "day of the location's calendar, such as 20261231"),
    MX_F_INT(promotion_counter, uses, 0, 0, MX_INT_MAX, "times"),
    MX_F_QTY(promotion_counter, units, 0, 0, MX_INT_MAX, "units that got something off"),
    MX_F_MONEY(promotion_counter, amount, 0, 0, MX_INT_MAX, "what came off, or points given"),
};
MX_TYPE_REC(promotion_counter, "promotions.counter.record", "what a rule used up in one scope");

static const char *const promotion_use_words[] = {"use", "back", NULL};
#define PROMOTION_USE  1
#define PROMOTION_BACK 2

/* One entry of the ledger: what one sale used up of one rule (with one coupon), or what one return gave back. */
struct promotion_use_rec {
    struct mx_rec rec;
    struct mx_str order;
    struct mx_str source;
    struct mx_str rule;
    struct mx_str coupon;
    int32_t kind;
    struct mx_str member;
    int64_t day;
    int64_t at;
    int64_t uses;
    int64_t units;
    int64_t amount;
    int64_t coupons;       /* 1: it used the coupon, or gave its use back */
    struct mx_list scopes; /* of struct mx_str: those that were counted */
};

static const struct mx_field promotion_use_rec_fields[] = {
    MX_F_ID(promotion_use_rec, order, MX_REQUIRED, "ord", "order"),
    MX_F_STR(promotion_use_rec, source, MX_REQUIRED, 1, 64, "document that booked it"),
    MX_F_STR(promotion_use_rec, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "rule"),
    MX_F_STR(promotion_use_rec, coupon, 0, 0, 64, "coupon"),
    MX_F_ENUM(promotion_use_rec, kind, 0, promotion_use_words, "used or given back"),
    MX_F_STR(promotion_use_rec, member, 0, 0, 64, "member"),
    MX_F_INT(promotion_use_rec, day, 0, 0, MX_INT_MAX, "day that was counted"),
    MX_F_TIME(promotion_use_rec, at, 0, "when it was booked"),
    MX_F_INT(promotion_use_rec, uses, 0, 0, MX_INT_MAX, "times"),
    MX_F_QTY(promotion_use_rec, units, 0, 0, MX_INT_MAX, "units"),
    MX_F_MONEY(promotion_use_rec, amount, 0, 0, MX_INT_MAX, "money"),
    MX_F_INT(promotion_use_rec, coupons, 0, 0, 1, "uses of the coupon"),
    MX_F_STRS(promotion_use_rec, scopes, 0, 0, 4, "counters that it moved"),
};
MX_TYPE_REC(promotion_use_rec, "promotions.use.record", "what a sale used up of a rule, or a return gave back");

/* ---- group-buys and bargains ---- */

static const char *const promotion_kind_words[] = {"group", "bargain", NULL};
#define PROMOTION_GROUP   1
#define PROMOTION_BARGAIN 2

/* The terms on which groups and bargains of a rule are opened. */
struct promotion_campaign {
    struct mx_rec rec;
    struct mx_str rule;
    int32_t kind;
    int64_t size;    /* group: members that it takes */
    int64_t floor;   /* bargain: the price is never less */
    int64_t cut;     /* bargain: what each helper takes off */
    int64_t helpers; /* bargain: at most so many */
    int64_t hours;
};

static const struct mx_field promotion_campaign_fields[] = {
    MX_F_STR(promotion_campaign, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion that it is for"),
    MX_F_ENUM(promotion_campaign, kind, 0, promotion_kind_words, "kind"),
    MX_F_INT(promotion_campaign, size, 0, 0, 1000, "members of a group"),
    MX_F_MONEY(promotion_campaign, floor, 0, 0, MX_INT_MAX, "lowest price of a bargain"),
    MX_F_MONEY(promotion_campaign, cut, 0, 0, MX_INT_MAX, "what one helper takes off"),
    MX_F_INT(promotion_campaign, helpers, 0, 0, 1000, "helpers at most"),
    MX_F_INT(promotion_campaign, hours, 0, 1, 8760, "hours that a group or bargain is open, and then may be bought"),
};
MX_TYPE_REC(promotion_campaign, "promotions.campaign.record", "terms of group-buys or bargains");

static const char *const promotion_group_state_words[] = {"open", "complete", "ended", NULL};
#define PROMOTION_OPEN     1
#define PROMOTION_COMPLETE 2
#define PROMOTION_ENDED    3

/* A group-buy or bargain that somebody opened, on the terms of that moment. */
struct promotion_group {
    struct mx_rec rec;
    struct mx_str id; /* "grp_..." or "brg_..." */
    int32_t kind;
    int32_t state;
    struct mx_str rule;
    struct mx_str owner;
    struct mx_str sku;
    int64_t size;   /* members, or helpers at most */
    int64_t joined; /* members with the owner, or helpers */
    int64_t cut;
    int64_t most; /* bargain: taken off at most */
    int64_t amount;
    int64_t hours;
    int64_t opened;
    int64_t until; /* for joining; once complete, for buying */
};

static const struct mx_field promotion_group_fields[] = {
    MX_F_STR(promotion_group, id, MX_REQUIRED, 1, 64, "id, which is also the code to share"),
    MX_F_ENUM(promotion_group, kind, 0, promotion_kind_words, "kind"),
    MX_F_ENUM(promotion_group, state, 0, promotion_group_state_words, "state"),
    MX_F_STR(promotion_group, rule, MX_REQUIRED, 1, PROMOTIONS_RULE_MAX, "promotion that it is for"),
    MX_F_ID(promotion_group, owner, MX_REQUIRED, "mem", "who opened it"),
    MX_F_STR(promotion_group, sku, 0, 0, MX_SKU_MAX, "article of a bargain"),
    MX_F_INT(promotion_group, size, 0, 0, 1000, "members that it takes, or helpers at most"),
    MX_F_INT(promotion_group, joined, 0, 0, 1000, "how many joined or helped"),
    MX_F_MONEY(promotion_group, cut, 0, 0, MX_INT_MAX, "what one helper takes off"),
    MX_F_MONEY(promotion_group, most, 0, 0, MX_INT_MAX, "helpers take off at most"),
    MX_F_MONEY(promotion_group, amount, 0, 0, MX_INT_MAX, "helpers took off so far"),
    MX_F_INT(promotion_group, hours, 0, 0, 8760, "hours that it is open"),
    MX_F_TIME(promotion_group, opened, 0, "when it was opened"),
    MX_F_TIME(promotion_group, until, 0, "joined before; when complete: bought before"),
};
MX_TYPE_REC(promotion_group, "promotions.group.record", "a group-buy or bargain");

/* Who joined or helped: each once. */
struct promotion_joined {
    struct mx_rec rec;
    struct mx_str group;
    struct mx_str member;
    int64_t at;
};

static const struct mx_field promotion_joined_fields[] = {
    MX_F_STR(promotion_joined, group, MX_REQUIRED, 1, 64, "group or bargain"),
    MX_F_ID(promotion_joined, member, MX_REQUIRED, "mem", "member"),
    MX_F_TIME(promotion_joined, at, 0, "when"),
};
MX_TYPE_REC(promotion_joined, "promotions.joined.record", "who joined a group or helped with a bargain");

extern const struct mx_table promotions_coupons, promotions_reservations, promotions_batches, promotions_secrets, promotions_counters,
    promotions_uses, promotions_campaigns, promotions_groups, promotions_joined;

#endif
