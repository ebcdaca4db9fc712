/* What the files of the promotions plugin share. engine.h and solve.h are the pure part: they know no command. */
#ifndef PROMOTIONS_INTERNAL_H
#define PROMOTIONS_INTERNAL_H

#include "merx/plugin.h"
#include "merx/retail/coupon.h"
#include "merx/retail/priced.h"

/* How offers go together in this shop: the stored setting, or the default. */
MX_MUST_CHECK mx_status promotions_stacking(struct mx_ctx *ctx, struct mx_stacking **stacking);

/* Answers to pricing.price and pricing.needs. */
MX_MUST_CHECK mx_status promotions_price_answer(struct mx_ctx *ctx, const void *in, void *out);
MX_MUST_CHECK mx_status promotions_needs_answer(struct mx_ctx *ctx, const void *in, void *out);

/* ---- codes of coupons: promotions_coupon_code.c, without any command ---- */

#define PROMOTIONS_CODE_LEN    18
#define PROMOTIONS_CODE_TEXT   21 /* in groups, with the NUL */
#define PROMOTIONS_CODE_RANDOM 11 /* bytes, of which 83 bits are used */

enum promotions_typed {
    PROMOTIONS_TYPED_WORD,  /* no code of ours: perhaps a public word that a rule answers to */
    PROMOTIONS_TYPED_WRONG, /* a code of ours with a typing error; near a secret, so it goes nowhere */
    PROMOTIONS_TYPED_CODE
};

void promotions_code_make(const uint8_t random[PROMOTIONS_CODE_RANDOM], char code[PROMOTIONS_CODE_LEN]);
void promotions_code_print(const char code[PROMOTIONS_CODE_LEN], char text[PROMOTIONS_CODE_TEXT]);
/* Spaces, dashes and small letters do not matter; O reads as 0, I and L as 1. code: filled for PROMOTIONS_TYPED_CODE only. */
enum promotions_typed promotions_code_read(struct mx_str typed, char code[PROMOTIONS_CODE_LEN]);

/* ---- coupons ---- */

struct promotion_coupon;
struct promotion_counter;
struct promotion_group;

/* What is known of a coupon when somebody wants to use it. */
struct promotions_look {
    struct mx_str member; /* empty: a guest */
    struct mx_str held;
    int64_t at; /* 0: now */
};
struct promotions_judged {
    int32_t state; /* MX_COUPON_USABLE or why not */
    struct mx_str why;
    struct promotion_group *group; /* NULL: it belongs to none */
    int waits;                     /* usable, but its group is not complete */
};

/* May it be used? MX_OK with what is to be said of it. */
MX_MUST_CHECK mx_status promotions_coupon_judge(struct mx_ctx *ctx, const struct promotions_look *look,
                                                const struct promotion_coupon *coupon, struct promotions_judged *judged);
/* MX_NONE: there is no such coupon. */
MX_MUST_CHECK mx_status promotions_coupon_get(struct mx_ctx *ctx, struct mx_str id, struct promotion_coupon **coupon);
MX_MUST_CHECK mx_status promotions_coupon_by_code(struct mx_ctx *ctx, const char code[PROMOTIONS_CODE_LEN],
                                                  struct promotion_coupon **coupon);
/* Keyed hash of a code as it is stored, in the command's memory. */
struct mx_str promotions_code_hash(struct mx_ctx *ctx, const char code[PROMOTIONS_CODE_LEN]);
/* Answers to pricing.coupons, and promotions.coupon.check. */
MX_MUST_CHECK mx_status promotions_coupons_answer(struct mx_ctx *ctx, const void *in, void *out);
/* How many a group-buy still lacks. */
MX_MUST_CHECK mx_status promotions_group_missing(struct mx_ctx *ctx, struct mx_str id, int64_t *missing);
/* `ms` on the shop's clocks, "2026-12-31 18:00". */
struct mx_str promotions_day_text(struct mx_ctx *ctx, int64_t ms);

/* ---- limits and uses ---- */

/* The day that `at` falls on, as a number like 20261231. */
int64_t promotions_day(struct mx_ctx *ctx, struct mx_str zone, int64_t at);
/* The counter of a rule in a scope, or one at nothing. MX_NONE: the scope is one member's and there is no member. */
MX_MUST_CHECK mx_status promotions_counter_of(struct mx_ctx *ctx, struct mx_str rule, int32_t scope, struct mx_str member, int64_t day,
                                              struct promotion_counter *counter);
int64_t promotions_counted(const struct promotion_counter *counter, int32_t of);
MX_MUST_CHECK mx_status promotions_used_answer(struct mx_ctx *ctx, const void *in, void *out);
MX_MUST_CHECK mx_status promotions_use_handler(struct mx_ctx *ctx, const void *in, void *out);
MX_MUST_CHECK mx_status promotions_give_back_handler(struct mx_ctx *ctx, const void *in, void *out);
MX_MUST_CHECK mx_status promotions_reserve_handler(struct mx_ctx *ctx, const void *in, void *out);
/* The held cart is over: what it reserved is free. */
MX_MUST_CHECK mx_status promotions_let_go(struct mx_ctx *ctx, struct mx_str held);
/* How many uses of a coupon other carts have set aside at this time. */
MX_MUST_CHECK mx_status promotions_reserved(struct mx_ctx *ctx, struct mx_str coupon, struct mx_str held, int64_t at, int64_t *uses);

/* What was used by all ids of a customer together. MX_NONE: the scope is one member's and there is none. */
MX_MUST_CHECK mx_status promotions_used_by(struct mx_ctx *ctx, struct mx_str rule, const struct mx_offer_limit *limit,
                                           const struct mx_list *ids, int64_t day, int64_t *used);
int promotions_of_member(int32_t scope);

/* Is one of these limits a member's? Only then her ids are asked for: facts of a member are dear, and most offers count otherwise. */
int promotions_ask_ids(const struct mx_list *limits);

/* ---- a customer under all her ids: promotions_customer.c ---- */

/* Of struct mx_str; empty for a guest. */
MX_MUST_CHECK mx_status promotions_ids(struct mx_ctx *ctx, struct mx_str member, struct mx_list *ids);
MX_MUST_CHECK mx_status promotions_is_hers(struct mx_ctx *ctx, struct mx_str owner, struct mx_str member, int *yes);
mx_status promotions_section_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status promotions_kept_answer(struct mx_ctx *ctx, const void *in, void *out);

/* ---- guessing: promotions_guess.c ---- */

/* 1 when too many different wrong codes came from this principal, at this device, in the last ten minutes. */
int promotions_guess_locked(struct mx_ctx *ctx);
/* A code that looks like one of ours and is none. */
void promotions_guess_wrong(struct mx_ctx *ctx, struct mx_str hash);

#endif
