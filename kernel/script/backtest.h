/* Trying rules on the shop's past: what backtest*.c share.
 *
 * A side is a set of rules with books of its own: what of limits, budgets and coupons the receipts of the run have used up so
 * far. The report compares what a side made of each receipt with what it cost. */
#ifndef SCRIPT_BACKTEST_H
#define SCRIPT_BACKTEST_H

#include "base/map.h"
#include "merx/retail/past.h"
#include "script/internal.h"

/* ---- backtest_limits.c: what the receipts of a run use up ---- */

struct backtest_limit; /* a limit of a rule, and when it ran out */

struct backtest_counters { /* rule, limit, member -> how much */
    struct base_arena *arena;
    struct base_map map;
    int32_t day; /* yyyymmdd; 0 = of all days */
};
#define BACKTEST_DAYS 4 /* at most three dates are there at once, all over the earth: what is counted by day is forgotten behind them */

struct backtest_books {
    struct base_arena *arena;
    struct backtest_counters ever, days[BACKTEST_DAYS];
    struct base_map limits;   /* rule, limit -> struct backtest_limit */
    struct base_map vouchers; /* coupon -> uses left */
    struct backtest_limit *first, *last;
    int64_t receipts; /* that were booked */
};

struct backtest_limit {
    struct backtest_limit *next; /* in the order in which they were met */
    struct mx_str rule;
    int32_t scope, of; /* MX_LIMIT_* */
    int64_t max;
    int64_t at;       /* of the receipt with which it ran out first; 0 = it never did */
    int32_t day;      /* yyyymmdd there */
    int32_t last_day; /* on which it ran out last */
    int64_t days;     /* on which it ran out */
    int64_t receipts; /* that got less for want of it */
    int64_t counted;  /* the last of them, so that several offers of one rule count it once */
};

void backtest_books_init(struct backtest_books *books, struct base_arena *arena);
void backtest_books_fini(struct backtest_books *books);

/* A copy of the cart without the coupons that earlier receipts used up, in the command's memory. */
struct mx_cart *backtest_cart(struct backtest_books *books, struct mx_ctx *ctx, const struct mx_cart *cart);
/* Fill `used` of every limit; the offers' limits are copied, for they may belong to the rules. */
void backtest_limits_fill(struct backtest_books *books, struct mx_ctx *ctx, const struct mx_cart *cart, const struct mx_list *offers);
/* Book what the receipt used up. */
void backtest_limits_book(struct backtest_books *books, const struct mx_cart *cart, const struct mx_list *offers,
                          const struct mx_list *outcomes);

/* ---- backtest_cost.c ---- */

struct backtest_place;
struct backtest_costs { /* location, article -> what one unit cost last */
    struct base_arena *arena;
    struct backtest_place *first;
};
void backtest_costs_init(struct backtest_costs *costs, struct base_arena *arena);
void backtest_costs_fini(struct backtest_costs *costs);
/* Fill what the cart's lines do not tell. */
MX_MUST_CHECK mx_status backtest_costs_fill(struct backtest_costs *costs, struct mx_ctx *ctx, struct mx_cart *cart);

/* ---- backtest_side.c ---- */

struct backtest_side {
    struct script_trying trying;
    struct backtest_books books;
};

struct backtest_priced {
    struct mx_offers offers;
    struct mx_priced priced;
};

/* Ask the side's rules about the cart, price it and book what it used. */
MX_MUST_CHECK mx_status backtest_price(struct backtest_side *side, struct mx_ctx *ctx, const struct mx_cart *cart,
                                       struct backtest_priced *out);

/* ---- backtest_report.c ---- */

struct backtest_report; /* the answer: backtest_wire.h */

/* What one receipt cost and would cost. */
struct backtest_pair {
    const struct mx_past *past;
    int64_t total_before, tax_before, discount_before;
    const struct backtest_priced *after;
};

struct backtest_sums;
struct backtest_sums *backtest_sums_new(struct base_arena *arena);
void backtest_sums_free(struct backtest_sums *sums);
void backtest_sums_add(struct backtest_sums *sums, const struct backtest_pair *pair);
/* A receipt that the pricing engine refused. */
void backtest_sums_refused(struct backtest_sums *sums);
/* Write all down in the command's memory. */
void backtest_sums_report(struct backtest_sums *sums, struct mx_ctx *ctx, const struct backtest_side *side, int64_t took_us,
                          struct backtest_report *out);

#endif
