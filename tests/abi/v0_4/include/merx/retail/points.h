/* Points: what a sale earns and what a return takes back. Since 0.1. */
#ifndef MERX_RETAIL_POINTS_H
#define MERX_RETAIL_POINTS_H

#include "merx/op.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Facts for the earn point. */
struct mx_earn_ask {
    struct mx_str member;
    struct mx_str tier;
    int64_t at;
    int64_t total;  /* what the order costs after all discounts, minor units */
    int64_t digits; /* of the currency */
    /* since 0.4 */
    int64_t points_paid; /* of the total, what points pay, as far as the tenders are known */
};

static const struct mx_field mx_earn_ask_fields[] = {
    MX_F_ID(mx_earn_ask, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(mx_earn_ask, tier, 0, 0, 32, "tier"),
    MX_F_TIME(mx_earn_ask, at, 0, "when"),
    MX_F_MONEY(mx_earn_ask, total, 0, 0, MX_INT_MAX, "order total"),
    MX_F_INT(mx_earn_ask, digits, 0, 0, 6, "digits of the currency"),
    MX_F_MONEY(mx_earn_ask, points_paid, 0, 0, MX_INT_MAX, "of it, paid with points"),
};
MX_TYPE(mx_earn_ask, "earn.ask", "what a sale would earn");

struct mx_earn_answer {
    int64_t points;
    struct mx_str op; /* INTERNAL operation that the sale runs, with a struct mx_points_earn */
};

static const struct mx_field mx_earn_answer_fields[] = {
    MX_F_INT(mx_earn_answer, points, 0, 0, MX_INT_MAX, "points"),
    MX_F_STR(mx_earn_answer, op, 0, 0, 64, "operation that books them"),
};
MX_TYPE(mx_earn_answer, "earn.answer", "what a sale earns");

/* FIRST: points of a sale. The seller shares them over lines and runs by largest remainder and freezes them there. */
#define MX_POINT_EARN "checkout.earn"
static const struct mx_point mx_point_earn = {(uint32_t)sizeof(struct mx_point), MX_POINT_FIRST,    MX_POINT_EARN,
                                              "points that a sale earns",        &mx_earn_ask_type, &mx_earn_answer_type};

/* Points of one run of one line. */
struct mx_points_part {
    struct mx_str order;
    int64_t line;
    int64_t run; /* from 1 */
    int64_t points;
};

static const struct mx_field mx_points_part_fields[] = {
    MX_F_ID(mx_points_part, order, MX_REQUIRED, "ord", "order"),
    MX_F_INT(mx_points_part, line, MX_REQUIRED, 1, MX_INT_MAX, "line"),
    MX_F_INT(mx_points_part, run, MX_REQUIRED, 1, MX_INT_MAX, "run of the line"),
    MX_F_INT(mx_points_part, points, MX_REQUIRED, 0, MX_INT_MAX, "points"),
};
MX_TYPE(mx_points_part, "points.part", "points of one run of a line");

/* Input of "loyalty.points.earn" (source = order) and "loyalty.points.reverse" (source = return), both INTERNAL. */
struct mx_points_move {
    struct mx_str member;
    struct mx_str source;
    int64_t at;
    struct mx_list parts; /* of struct mx_points_part; earned: all of one order */
    /* since 0.4 */
    struct mx_list members; /* all ids of the customer, said by who has looked them up already; empty: they are looked up */
};

static const struct mx_field mx_points_move_fields[] = {
    MX_F_ID(mx_points_move, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(mx_points_move, source, MX_REQUIRED, 1, 64, "document that moves them"),
    MX_F_TIME(mx_points_move, at, 0, "when"),
    MX_F_LIST(mx_points_move, parts, 0, 0, 10000, mx_points_part_type, "by line and run"),
    MX_F_STRS(mx_points_move, members, 0, 0, 64, "all ids of the customer"),
};
MX_TYPE(mx_points_move, "points.move", "points earned or taken back");

struct mx_points_moved {
    int64_t points;      /* moved */
    int64_t balance;     /* afterwards */
    int64_t written_off; /* reverse: wanted back and not to be had any more. Since 0.4 */
};

static const struct mx_field mx_points_moved_fields[] = {
    MX_F_INT(mx_points_moved, points, 0, 0, MX_INT_MAX, "points moved"),
    MX_F_INT(mx_points_moved, balance, 0, -MX_INT_MAX, MX_INT_MAX, "balance afterwards"),
    MX_F_INT(mx_points_moved, written_off, 0, 0, MX_INT_MAX, "wanted back and not to be had any more"),
};
MX_TYPE(mx_points_moved, "points.moved", "what was booked");

static const struct mx_use mx_points_earn = {"loyalty.points.earn", &mx_points_move_type, &mx_points_moved_type};
static const struct mx_use mx_points_reverse = {"loyalty.points.reverse", &mx_points_move_type, &mx_points_moved_type};

/* Facts from which rewards are chosen. Since 0.2. */
struct mx_reward_ask {
    struct mx_str member;
    struct mx_str tier;
    int64_t points; /* balance */
};

static const struct mx_field mx_reward_ask_fields[] = {
    MX_F_ID(mx_reward_ask, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(mx_reward_ask, tier, 0, 0, 32, "tier"),
    MX_F_INT(mx_reward_ask, points, 0, -MX_INT_MAX, MX_INT_MAX, "points that the member has"),
};
MX_TYPE(mx_reward_ask, "reward.ask", "which rewards are there for this member");

/* What a reward gives. Since 0.4. */
struct mx_reward_gives {
    struct mx_str kind;       /* MX_REWARD_* */
    struct mx_str sku;        /* unlock, gift */
    struct mx_str rule;       /* coupon: promotion that it is for */
    struct mx_str class_code; /* seat: classes of this kind alone; empty: any */
    struct mx_str location;   /* where it is good; empty: everywhere */
    int64_t days;             /* how long; 0 = no end */
    int64_t times;            /* unlock: how many pieces; 0 = as many as she likes */
};

#define MX_REWARD_QUEUE_JUMP "queue_jump" /* to the front of a location's queue, once */
#define MX_REWARD_UNLOCK     "unlock"     /* a hidden article may be bought */
#define MX_REWARD_SEAT       "seat"       /* a seat in a class or workshop, chosen when it is redeemed */
#define MX_REWARD_COUPON     "coupon"     /* a coupon of a promotion */
#define MX_REWARD_GIFT       "gift"       /* goods for nothing, handed over at the till */

static const struct mx_field mx_reward_gives_fields[] = {
    MX_F_STR(mx_reward_gives, kind, MX_REQUIRED, 1, 32, "kind: queue_jump, unlock, seat, coupon, gift"),
    MX_F_STR(mx_reward_gives, sku, 0, 0, 64, "article"),
    MX_F_STR(mx_reward_gives, rule, 0, 0, 64, "promotion that a coupon is for"),
    MX_F_STR(mx_reward_gives, class_code, 0, 0, 32, "kind of class"),
    MX_F_STR(mx_reward_gives, location, 0, 0, 32, "where it is good"),
    MX_F_INT(mx_reward_gives, days, 0, 0, 3650, "for how many days; absent: no end"),
    MX_F_INT(mx_reward_gives, times, 0, 0, MX_INT_MAX, "for how many pieces; absent: no limit"),
};
MX_TYPE(mx_reward_gives, "reward.gives", "what a reward gives");

struct mx_reward {
    struct mx_str id;
    struct mx_list name; /* by language */
    int64_t points;      /* what it costs */
    /* since 0.4 */
    struct mx_reward_gives *gives; /* NULL: something that the staff hands over, with no end */
    int64_t each;                  /* how often one member may have it; 0 = as often as she likes */
    int64_t total;                 /* how often it may be had in all; 0 = as long as it stands in the rules */
};

static const struct mx_field mx_reward_fields[] = {
    MX_F_STR(mx_reward, id, MX_REQUIRED, 1, 64, "id of the reward"),
    MX_F_MAP(mx_reward, name, 0, 0, 32, "name, by language"),
    MX_F_INT(mx_reward, points, MX_REQUIRED, 1, MX_INT_MAX, "points that it costs"),
    MX_F_STRUCT(mx_reward, gives, 0, mx_reward_gives_type, "what it gives; absent: the staff hands it over"),
    MX_F_INT(mx_reward, each, 0, 0, MX_INT_MAX, "how often one member may have it; absent: no limit"),
    MX_F_INT(mx_reward, total, 0, 0, MX_INT_MAX, "how often it may be had in all; absent: no limit"),
};
MX_TYPE(mx_reward, "reward", "something to be had for points");

struct mx_rewards {
    struct mx_list rewards; /* of struct mx_reward */
    struct mx_str version;  /* of the rule set that answered */
};

static const struct mx_field mx_rewards_fields[] = {
    MX_F_LIST(mx_rewards, rewards, 0, 0, 1000, mx_reward_type, "rewards open to the member"),
    MX_F_STR(mx_rewards, version, 0, 0, 64, "version of the rule set"),
};
MX_TYPE(mx_rewards, "rewards", "rewards open to a member");

/* COLLECT: rewards that a member may choose from, whether or not the points suffice. Since 0.2. */
#define MX_POINT_REWARDS "loyalty.rewards"
static const struct mx_point mx_point_rewards = {(uint32_t)sizeof(struct mx_point), MX_POINT_COLLECT,    MX_POINT_REWARDS,
                                                 "rewards open to a member",        &mx_reward_ask_type, &mx_rewards_type};

/* ---- points as tender, and points for other things. Since 0.4 ----
 *
 * A member is one customer with all her ids (mx_member_facts.members): lots of all of them are spent, first expiring first; what is
 * booked anew stands under the standing id. Nothing expired, pending or already spent is ever spent. */

/* Input of "loyalty.points.burn", INTERNAL: pay `amount` with points. Refusals: "points_short" (says how many there are), "points_cap"
 * (no more than a share of the sale), "points_few" (points pay from so many on), "points_do_not_pay" (the shop does not take them),
 * "proof_needed"/"proof_wrong" (mx_identity_api.person_prove). */
struct mx_points_burn {
    struct mx_str member;
    struct mx_str payment; /* "pay_...": by which it is given back */
    struct mx_str order;   /* document that is paid */
    int64_t at;
    int64_t amount; /* minor units */
    int64_t due;    /* of the whole document */
    struct mx_str proof;
};

static const struct mx_field mx_points_burn_fields[] = {
    MX_F_ID(mx_points_burn, member, MX_REQUIRED, "mem", "member"),
    MX_F_ID(mx_points_burn, payment, MX_REQUIRED, "pay", "payment"),
    MX_F_STR(mx_points_burn, order, 0, 0, 64, "document that is paid"),
    MX_F_TIME(mx_points_burn, at, 0, "when"),
    MX_F_MONEY(mx_points_burn, amount, MX_REQUIRED, 1, MX_INT_MAX, "what they are to pay"),
    MX_F_MONEY(mx_points_burn, due, 0, 0, MX_INT_MAX, "what the document costs"),
    MX_F_STR(mx_points_burn, proof, 0, 0, 512, "proof that the customer wants it"),
};
MX_TYPE(mx_points_burn, "points.burn", "pay with points");

/* Input of "loyalty.points.restore", INTERNAL: a refund gives back `amount` of what a payment by points paid: the points return to the
 * lots they came from, with the expiry those have. Never more than was burned. */
struct mx_points_restore {
    struct mx_str payment;
    struct mx_str return_id;
    int64_t at;
    int64_t amount;
};

static const struct mx_field mx_points_restore_fields[] = {
    MX_F_ID(mx_points_restore, payment, MX_REQUIRED, "pay", "payment that is given back"),
    MX_F_STR(mx_points_restore, return_id, MX_REQUIRED, 1, 64, "return"),
    MX_F_TIME(mx_points_restore, at, 0, "when"),
    MX_F_MONEY(mx_points_restore, amount, MX_REQUIRED, 1, MX_INT_MAX, "how much of it"),
};
MX_TYPE(mx_points_restore, "points.restore", "give burned points back");

/* Input of "loyalty.points.spend" (a reward; reason = its id), "loyalty.points.unspend" (gives back what `source` spent, all of it: points
 * is not looked at), "loyalty.points.grant" (points for something that is no sale) and "loyalty.points.ungrant" (takes back what `source`
 * granted, as a return does with what goods had earned), all INTERNAL. `source` names the document: the same source twice changes nothing
 * the second time. spend refuses "points_short", and "proof_..." unless `proof` is good. */
struct mx_points_book {
    struct mx_str member;
    struct mx_str source;
    struct mx_str reason;
    int64_t at;
    int64_t points;
    struct mx_str proof;  /* spend */
    int64_t available_at; /* grant: pending until then; 0 = at once */
    int64_t expires_at;   /* grant; 0 = as the settings say */
};

static const struct mx_field mx_points_book_fields[] = {
    MX_F_ID(mx_points_book, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(mx_points_book, source, MX_REQUIRED, 1, 80, "document that moves them"),
    MX_F_STR(mx_points_book, reason, MX_FREE_TEXT, 0, 80, "why"),
    MX_F_TIME(mx_points_book, at, 0, "when"),
    MX_F_INT(mx_points_book, points, 0, 0, MX_INT_MAX, "points"),
    MX_F_STR(mx_points_book, proof, 0, 0, 512, "proof that the customer wants it"),
    MX_F_TIME(mx_points_book, available_at, 0, "when they may be used; absent: at once"),
    MX_F_TIME(mx_points_book, expires_at, 0, "when they expire; absent: as the settings say"),
};
MX_TYPE(mx_points_book, "points.book", "points for something that is no sale");

static const struct mx_use mx_points_burn_use = {"loyalty.points.burn", &mx_points_burn_type, &mx_points_moved_type};
static const struct mx_use mx_points_restore_use = {"loyalty.points.restore", &mx_points_restore_type, &mx_points_moved_type};
static const struct mx_use mx_points_spend = {"loyalty.points.spend", &mx_points_book_type, &mx_points_moved_type};
static const struct mx_use mx_points_unspend = {"loyalty.points.unspend", &mx_points_book_type, &mx_points_moved_type};
static const struct mx_use mx_points_grant = {"loyalty.points.grant", &mx_points_book_type, &mx_points_moved_type};
static const struct mx_use mx_points_ungrant = {"loyalty.points.ungrant", &mx_points_book_type, &mx_points_moved_type};

#ifdef __cplusplus
}
#endif
#endif
