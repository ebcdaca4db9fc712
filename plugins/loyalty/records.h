/* What loyalty keeps: settings, lots, balances, the ledger of movements, and what was spent for which document. */
#ifndef LOYALTY_RECORDS_H
#define LOYALTY_RECORDS_H

#include "merx/plugin.h"
#include "merx/retail/points.h"

#define LOYALTY_PARTS_MAX  10000 /* parts of one movement */
#define LOYALTY_SOURCE_MAX 80
#define LOYALTY_REASON_MAX 200
#define LOYALTY_YEARS_MAX  100
#define LOYALTY_ENDS_MAX   100 /* of one lot that are remembered */

/* ---- settings: one record ---- */

static const char *const loyalty_negative_words[] = {"never", "owe", NULL};
#define LOYALTY_NEVER 1 /* what a return cannot take back is written off */
#define LOYALTY_OWE   2 /* the balance goes below zero, and what is earned next pays it first */

struct loyalty_settings {
    struct mx_rec rec;
    struct mx_str scheme;
    int64_t minor_per_point;
    int64_t available_after_ms;
    int64_t expires_after_ms;
    /* since 0.4 */
    int64_t burn_minor_per_point; /* what a point pays; 0 = points do not pay */
    int64_t burn_min_points;
    int64_t burn_step_points;
    int64_t burn_max_share_ppm; /* 0 = all of it */
    int64_t burn_max_minor;     /* 0 = no limit */
    int64_t restore_grace_ms;
    int32_t negative;            /* LOYALTY_NEVER, LOYALTY_OWE; 0 = never */
    uint8_t earn_on_points;      /* what points pay of a sale earns points too */
    uint8_t expires_at_year_end; /* instead of expires_after_ms: the last moment of a year, by the shop's clock */
    int64_t expires_after_years; /* of the year so many after that of the sale */
};

static const struct mx_field loyalty_settings_fields[] = {
    MX_F_STR(loyalty_settings, scheme, MX_REQUIRED, 1, 32, "which scheme"),
    MX_F_INT(loyalty_settings, minor_per_point, 0, 1, MX_INT_MAX, "minor units that earn one point"),
    MX_F_INT(loyalty_settings, available_after_ms, 0, 0, MX_INT_MAX, "wait before points may be used"),
    MX_F_INT(loyalty_settings, expires_after_ms, 0, 0, MX_INT_MAX, "life of points; 0 = for ever"),
    MX_F_MONEY(loyalty_settings, burn_minor_per_point, 0, 0, MX_INT_MAX, "what one point pays; 0 = points do not pay"),
    MX_F_INT(loyalty_settings, burn_min_points, 0, 0, MX_INT_MAX, "fewer points do not pay"),
    MX_F_INT(loyalty_settings, burn_step_points, 0, 0, MX_INT_MAX, "points pay in steps of so many"),
    MX_F_PPM(loyalty_settings, burn_max_share_ppm, 0, 0, MX_PPM_ONE, "share of a sale that points may pay; 0 = all of it"),
    MX_F_MONEY(loyalty_settings, burn_max_minor, 0, 0, MX_INT_MAX, "what points may pay of one sale; 0 = no limit"),
    MX_F_INT(loyalty_settings, restore_grace_ms, 0, 0, MX_INT_MAX, "life of points that had expired when they came back"),
    MX_F_ENUM(loyalty_settings, negative, 0, loyalty_negative_words, "what happens when a return cannot take points back"),
    MX_F_BOOL(loyalty_settings, earn_on_points, 0, "what points pay of a sale earns points too"),
    MX_F_BOOL(loyalty_settings, expires_at_year_end, 0, "points expire at the end of a year"),
    MX_F_INT(loyalty_settings, expires_after_years, 0, 0, LOYALTY_YEARS_MAX, "of the year so many after that of the sale"),
};
MX_TYPE_REC(loyalty_settings, "loyalty.settings", "how points are earned and used");

/* ---- lots, balances, movements ---- */

/* Points of one run of one sold line. */
struct loyalty_run {
    int64_t line;
    int64_t run;
    int64_t points;
};

static const struct mx_field loyalty_run_fields[] = {
    MX_F_INT(loyalty_run, line, 0, 0, MX_INT_MAX, "line of the sale"),
    MX_F_INT(loyalty_run, run, 0, 0, MX_INT_MAX, "run of the line"),
    MX_F_INT(loyalty_run, points, 0, 0, MX_INT_MAX, "how many"),
};
MX_TYPE(loyalty_run, "loyalty.run", "points of one run of one sold line");

/* An end that a lot had before points came back to it and it lived on. */
struct loyalty_end {
    int64_t until; /* when it got another */
    int64_t expires_at;
};

static const struct mx_field loyalty_end_fields[] = {
    MX_F_TIME(loyalty_end, until, 0, "when it got another"),
    MX_F_TIME(loyalty_end, expires_at, 0, "when the points were to expire"),
};
MX_TYPE(loyalty_end, "loyalty.end", "an end that points had before");

/* Points that a sale or another document gave, and what became of them: earned = reversed + spent + expired + taken + what is left.
 * What each run of a sale earned stands in the movement. Earlier versions wrote a lot for each run of a sale. */
struct loyalty_lot {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str order; /* or another document that gave them */
    int64_t line;        /* 0 = the document as a whole; else the line, of an earlier version's lot or of a transfer */
    int64_t run;
    int64_t earned;
    int64_t reversed;
    int64_t spent;
    int64_t at;
    int64_t available_at;
    int64_t expires_at; /* 0 = never */
    /* since 0.4 */
    int64_t expired;
    int64_t taken;             /* by hand, to another member, or for what was owed */
    int64_t claimed;           /* returns wanted back, from wherever it came */
    int64_t covered;           /* of them, not from this lot, because they were spent */
    int64_t ends_at;           /* expires_at, and MX_INT_MAX for never; 0 = written by an earlier version */
    uint8_t closed;            /* nothing is left: such lots cost nothing when points are spent */
    int64_t lent;              /* of what was reversed: for the sale of another lot, whose points were spent */
    int64_t forgiven;          /* of what is covered: written off, until points that were spent come back */
    int64_t movement;          /* that says what each run of the sale earned; 0 = the lot is not that of a sale with runs */
    struct mx_list claims;     /* of struct loyalty_run: what of `claimed` is wanted of which run; empty too when all of them are */
    struct mx_list ends;       /* of struct loyalty_end, the earliest first */
    struct mx_str forgiven_of; /* the member again while something of it is written off: to find such lots; else empty */
};

static const struct mx_field loyalty_lot_fields[] = {
    MX_F_ID(loyalty_lot, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_STR(loyalty_lot, order, MX_REQUIRED, 1, LOYALTY_SOURCE_MAX, "sale, or another document, that gave them"),
    MX_F_INT(loyalty_lot, line, 0, 0, MX_INT_MAX, "line of the sale"),
    MX_F_INT(loyalty_lot, run, 0, 0, MX_INT_MAX, "run of the line"),
    MX_F_INT(loyalty_lot, earned, 0, 0, MX_INT_MAX, "points earned"),
    MX_F_INT(loyalty_lot, reversed, 0, 0, MX_INT_MAX, "of them taken back by returns"),
    MX_F_INT(loyalty_lot, spent, 0, 0, MX_INT_MAX, "of them spent"),
    MX_F_TIME(loyalty_lot, at, 0, "when they were earned"),
    MX_F_TIME(loyalty_lot, available_at, 0, "when they may be used"),
    MX_F_TIME(loyalty_lot, expires_at, 0, "when they expire; 0 = never"),
    MX_F_INT(loyalty_lot, expired, 0, 0, MX_INT_MAX, "of them expired"),
    MX_F_INT(loyalty_lot, taken, 0, 0, MX_INT_MAX, "of them taken by hand, sent to somebody, or paid for what was owed"),
    MX_F_INT(loyalty_lot, claimed, 0, 0, MX_INT_MAX, "of them wanted back by returns"),
    MX_F_INT(loyalty_lot, covered, 0, 0, MX_INT_MAX, "of those, not from here, because they were spent"),
    MX_F_INT(loyalty_lot, ends_at, 0, 0, MX_INT_MAX, "when they expire, for the order in which they are spent"),
    MX_F_BOOL(loyalty_lot, closed, 0, "nothing is left"),
    MX_F_INT(loyalty_lot, lent, 0, 0, MX_INT_MAX, "of those taken back, for another sale whose points were spent"),
    MX_F_INT(loyalty_lot, forgiven, 0, 0, MX_INT_MAX, "of those wanted back, written off"),
    MX_F_INT(loyalty_lot, movement, 0, 0, MX_INT_MAX, "movement that says what each run of the sale earned"),
    MX_F_LIST(loyalty_lot, claims, 0, 0, LOYALTY_PARTS_MAX, loyalty_run_type, "what is wanted back, by run, until all of it is"),
    MX_F_LIST(loyalty_lot, ends, 0, 0, LOYALTY_ENDS_MAX, loyalty_end_type, "ends that they had before"),
    MX_F_STR(loyalty_lot, forgiven_of, 0, 0, 64, "the member, while something is written off"),
};
MX_TYPE_REC(loyalty_lot, "loyalty.lot", "points of a sale, or of another document");

struct loyalty_balance {
    struct mx_rec rec;
    struct mx_str member;
    int64_t points; /* earned - reversed - spent - expired - taken - owed */
    int64_t earned;
    int64_t reversed;
    /* since 0.4 */
    int64_t spent;
    int64_t expired;
    int64_t taken;
    int64_t owed;
    int64_t written_off;
    int64_t expiry_due; /* a due time is set for then; 0 = none */
};

static const struct mx_field loyalty_balance_fields[] = {
    MX_F_ID(loyalty_balance, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_INT(loyalty_balance, points, 0, -MX_INT_MAX, MX_INT_MAX, "balance"),
    MX_F_INT(loyalty_balance, earned, 0, 0, MX_INT_MAX, "ever earned"),
    MX_F_INT(loyalty_balance, reversed, 0, 0, MX_INT_MAX, "ever taken back by returns"),
    MX_F_INT(loyalty_balance, spent, 0, 0, MX_INT_MAX, "ever spent"),
    MX_F_INT(loyalty_balance, expired, 0, 0, MX_INT_MAX, "ever expired"),
    MX_F_INT(loyalty_balance, taken, 0, 0, MX_INT_MAX, "ever taken by hand, sent, or paid for what was owed"),
    MX_F_INT(loyalty_balance, owed, 0, 0, MX_INT_MAX, "owed to the shop"),
    MX_F_INT(loyalty_balance, written_off, 0, 0, MX_INT_MAX, "wanted back by returns and not to be had"),
    MX_F_TIME(loyalty_balance, expiry_due, 0, "when it is looked through for what expired"),
};
MX_TYPE_REC(loyalty_balance, "loyalty.balance", "points of a member");

static const char *const loyalty_kind_words[] = {"earn",    "reverse", "spend",  "unspend", "expire",    "send",
                                                 "receive", "grant",   "take",   "owe",     "settle",    "write_off",
                                                 "repay",   "repaid",  "borrow", "unsend",  "unreverse", NULL};
#define LOYALTY_EARN      1
#define LOYALTY_REVERSE   2
#define LOYALTY_SPEND     3
#define LOYALTY_UNSPEND   4
#define LOYALTY_EXPIRE    5
#define LOYALTY_SEND      6 /* to another member of the household */
#define LOYALTY_RECEIVE   7
#define LOYALTY_GRANT     8
#define LOYALTY_TAKE      9  /* by hand */
#define LOYALTY_OWING     10 /* no lots: a return wanted what was gone */
#define LOYALTY_SETTLE    11 /* new points pay what was owed */
#define LOYALTY_WRITE_OFF 12 /* no lots: a return wanted what was gone, and the shop let it go */
#define LOYALTY_REPAY     13 /* new points pay what was owed under another id of the customer */
#define LOYALTY_REPAID    14 /* no lots: the other side of it */
#define LOYALTY_BORROW    15 /* what was spent of another's points, while both counted as one customer: given, and owed */
#define LOYALTY_UNSEND    16 /* sent by another, paid for what another owed, or taken from her, in that time: it is back */
#define LOYALTY_UNREVERSE 17 /* taken for what another brought back, in that time: it is back */

/* Points of one lot in a movement. */
struct loyalty_part {
    struct mx_str order;
    int64_t line;
    int64_t run;
    int64_t points;
};

static const struct mx_field loyalty_part_fields[] = {
    MX_F_STR(loyalty_part, order, MX_REQUIRED, 1, LOYALTY_SOURCE_MAX, "sale, or another document, that gave them"),
    MX_F_INT(loyalty_part, line, 0, 0, MX_INT_MAX, "line of the sale"),
    MX_F_INT(loyalty_part, run, 0, 0, MX_INT_MAX, "run of the line"),
    MX_F_INT(loyalty_part, points, 0, 0, MX_INT_MAX, "how many"),
};
MX_TYPE(loyalty_part, "loyalty.part", "points of one lot in a movement");

struct loyalty_movement {
    struct mx_rec rec;
    int64_t seq;
    int32_t kind;
    struct mx_str member;
    struct mx_str source;
    int64_t at;
    int64_t points;
    struct mx_list parts; /* of struct loyalty_part */
    /* since 0.4 */
    struct mx_str reason;
    struct mx_list runs; /* of struct loyalty_run: a sale's, which all stand in the one lot of its part */
    int64_t booked;      /* when it was written; `at` may be earlier, and an earlier version says 0 */
    struct mx_str other; /* id of the customer for which lots under this one were used: who sent, owed, lost, or brought goods back */
};

static const struct mx_field loyalty_movement_fields[] = {
    MX_F_INT(loyalty_movement, seq, MX_REQUIRED, 1, MX_INT_MAX, "number, without gaps"),
    MX_F_ENUM(loyalty_movement, kind, 0, loyalty_kind_words, "why points moved"),
    MX_F_ID(loyalty_movement, member, MX_REQUIRED, "mem", "whose points"),
    MX_F_STR(loyalty_movement, source, 0, 0, LOYALTY_SOURCE_MAX, "document behind it"),
    MX_F_TIME(loyalty_movement, at, 0, "when"),
    MX_F_INT(loyalty_movement, points, 0, 0, MX_INT_MAX, "how many"),
    MX_F_LIST(loyalty_movement, parts, 0, 0, LOYALTY_PARTS_MAX, loyalty_part_type, "by lot"),
    MX_F_STR(loyalty_movement, reason, 0, 0, LOYALTY_REASON_MAX, "why"),
    MX_F_LIST(loyalty_movement, runs, 0, 0, LOYALTY_PARTS_MAX, loyalty_run_type, "what each run of a sale earned"),
    MX_F_TIME(loyalty_movement, booked, 0, "when it was written"),
    MX_F_ID(loyalty_movement, other, 0, "mem", "id of the same customer for which these were used"),
};
MX_TYPE_REC(loyalty_movement, "loyalty.movement", "points moved");

/* ---- what was spent, by the document that can give it back ---- */

struct loyalty_spent_part {
    struct mx_str member; /* whose lot it is */
    struct mx_str order;
    int64_t line;
    int64_t run;
    int64_t points;
    int64_t back; /* of them given back */
};

static const struct mx_field loyalty_spent_part_fields[] = {
    MX_F_ID(loyalty_spent_part, member, MX_REQUIRED, "mem", "whose lot"),
    MX_F_STR(loyalty_spent_part, order, MX_REQUIRED, 1, LOYALTY_SOURCE_MAX, "sale, or another document, that gave them"),
    MX_F_INT(loyalty_spent_part, line, 0, 0, MX_INT_MAX, "line of the sale"),
    MX_F_INT(loyalty_spent_part, run, 0, 0, MX_INT_MAX, "run of the line"),
    MX_F_INT(loyalty_spent_part, points, 0, 0, MX_INT_MAX, "how many"),
    MX_F_INT(loyalty_spent_part, back, 0, 0, MX_INT_MAX, "of them given back"),
};
MX_TYPE(loyalty_spent_part, "loyalty.spent.part", "points that were spent of one lot");

struct loyalty_spending {
    struct mx_rec rec;
    struct mx_str document; /* payment, or what was bought with points */
    struct mx_str member;
    struct mx_str order; /* that a payment paid; empty: nothing was paid */
    int64_t at;
    int64_t points;
    int64_t amount; /* what they paid */
    int64_t back_points;
    int64_t back_amount;
    struct mx_list parts; /* of struct loyalty_spent_part, as they were taken */
};

static const struct mx_field loyalty_spending_fields[] = {
    MX_F_STR(loyalty_spending, document, MX_REQUIRED, 1, LOYALTY_SOURCE_MAX, "payment, or what was bought with points"),
    MX_F_ID(loyalty_spending, member, MX_REQUIRED, "mem", "who spent them"),
    MX_F_STR(loyalty_spending, order, 0, 0, 64, "what a payment paid"),
    MX_F_TIME(loyalty_spending, at, 0, "when"),
    MX_F_INT(loyalty_spending, points, 0, 0, MX_INT_MAX, "points"),
    MX_F_MONEY(loyalty_spending, amount, 0, 0, MX_INT_MAX, "what they paid"),
    MX_F_INT(loyalty_spending, back_points, 0, 0, MX_INT_MAX, "points given back"),
    MX_F_MONEY(loyalty_spending, back_amount, 0, 0, MX_INT_MAX, "of what they paid, given back"),
    MX_F_LIST(loyalty_spending, parts, 0, 0, LOYALTY_PARTS_MAX, loyalty_spent_part_type, "by lot"),
};
MX_TYPE_REC(loyalty_spending, "loyalty.spending", "points that were spent for a document");

extern const struct mx_table loyalty_settings_table;
extern const struct mx_table loyalty_lots;
extern const struct mx_table loyalty_balances;
extern const struct mx_table loyalty_movements;
extern const struct mx_table loyalty_spendings;

#endif
